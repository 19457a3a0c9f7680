"""A full loop where the probe is missing: agent."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

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
        "Every request computes for 8 ms and 112 of them arrive a second; nobody reports from inside, but the "
        "main thread is at work nearly all the time."
    ),
    services=(Service(script="express.js", knobs={"cpu_ms": 8}, telemetry="agent"),),
    phases=(
        Phase(300, (Http(path="/work", rate=30),)),
        Phase(900, (Http(path="/work", rate=112),)),
    ),
    onset=300,
)
