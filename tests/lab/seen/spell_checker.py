"""One company's editor sends more than all others, over one connection."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("uneven-load",),
        strategies=("rebalance", "load-balance"),
        forbidden=("cluster", "vertical", "scale-down", "shard", "fix-leak", "raise-limit", "tune-datastore"),
        also=("event-loop-saturated",),
    ),
    reason=(
        "One client sends four fifths of 150 requests a second over a single connection, which belongs to one of "
        "three workers: its loop is 93 % busy while those of the others are 13 % busy, and p95 goes from 28 ms to "
        "1 s."
    ),
    services=(Service(script="spell_checker.js", workers=3),),
    phases=(
        Phase(300, (Http(path="/spelling?paragraph={n}", rate=60, connections=6),)),
        Phase(1200, (Http(path="/spelling?paragraph={n}", rate=150, connections=6, skew=0.8),)),
    ),
    onset=300,
)
