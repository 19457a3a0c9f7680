"""Tenants are pinned to processes, and one of the three has the big tenant."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("uneven-load",),
        strategies=("rebalance", "load-balance"),
        forbidden=(
            "vertical",
            "scale-down",
            "autoscale",
            "fix-leak",
            "raise-limit",
            "shard",
            "read-replica",
            "tune-datastore",
        ),
        also=("event-loop-saturated",),
    ),
    reason=(
        "One process gets eighteen times what each of the others gets, is about four fifths busy, and further "
        "copies would change nothing for the tenant that is pinned to it."
    ),
    services=(Service(script="pricing.js", copies=3),),
    phases=(
        Phase(300, (Http(path="/quotes/{r}", rate=30),)),
        Phase(
            900,
            (
                Http(path="/quotes/7", rate=130, copy=0),
                Http(path="/quotes/{r}", rate=7, copy=1),
                Http(path="/quotes/{r}", rate=7, copy=2),
            ),
        ),
    ),
    onset=300,
)
