"""One process is asked for more than one core can do."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Remedy, Service

case = Case(
    label=Label(
        rules=("event-loop-saturated",),
        strategies=("cluster", "load-balance", "autoscale", "optimise-code"),
        forbidden=(
            "vertical",
            "raise-limit",
            "websocket-scale-out",
            "scale-down",
            "shard",
            "read-replica",
            "worker-threads",
        ),
    ),
    reason=(
        "Every request computes for 8 ms and 140 of them arrive a second: 12 % more than one loop can do, beside "
        "an idle core."
    ),
    services=(Service(script="express.js", knobs={"cpu_ms": 8}),),
    phases=(
        Phase(300, (Http(path="/work", rate=30),)),
        Phase(900, (Http(path="/work", rate=140),)),
    ),
    onset=300,
    remedy=Remedy(strategy="cluster", service=Service(script="express.js", knobs={"cpu_ms": 8}, workers=2)),
)
