"""A new way of matching articles costs six times as much."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-saturated",),
        strategies=("optimise-code", "cluster", "load-balance", "autoscale", "worker-threads"),
        forbidden=("scale-down", "read-replica", "fix-leak", "tune-heap", "raise-limit", "static-offload", "vertical"),
    ),
    reason=(
        "At the same 75 requests a second each match now computes for 12 ms instead of 2, so the loop goes from "
        "25 % to 99 % and answers from 7 ms to 0.8 s at p95, while the other core is free."
    ),
    services=(Service(script="inventory_sync.js", knobs={"match_ms": 2}),),
    phases=(
        Phase(300, (Http(path="/stock/{r}", rate=75, method="POST", body=20000),)),
        Phase(900, (Http(path="/stock/{r}", rate=75, method="POST", body=20000),), knobs={"match_ms": 12}),
    ),
    onset=300,
)
