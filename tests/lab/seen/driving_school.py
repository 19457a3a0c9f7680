"""Theory papers are typeset in one go, and everybody else waits meanwhile."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("worker-threads", "async-io", "optimise-code", "decompose", "cache", "cluster"),
        forbidden=(
            "vertical",
            "scale-down",
            "raise-limit",
            "websocket-scale-out",
            "shard",
            "read-replica",
            "fix-leak",
            "tune-datastore",
            "tune-heap",
        ),
    ),
    reason=(
        "Each paper is typeset for 450 ms in one synchronous go, 0.4 of them a second: the loop is busy for 0.16 to "
        "0.25 of the time only, but p95 of the light lessons grows from 5 to 500 ms."
    ),
    services=(Service(script="driving_school.js", telemetry="prom"),),
    phases=(
        Phase(300, (Http(path="/lessons/{r}", rate=25), Http(path="/papers/{r}", rate=0.4))),
        Phase(1200, (Http(path="/lessons/{r}", rate=25), Http(path="/papers/{r}", rate=0.4)), knobs={"paper_ms": 450}),
    ),
    onset=300,
)
