"""One process classifies nearly as many declarations as one core can."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-saturated",),
        strategies=("cluster", "load-balance", "autoscale", "optimise-code", "worker-threads"),
        forbidden=(
            "vertical",
            "raise-limit",
            "websocket-scale-out",
            "scale-down",
            "shard",
            "read-replica",
            "fix-leak",
            "tune-datastore",
        ),
    ),
    reason=(
        "Each declaration is 6 ms of JavaScript and 140 come a second, so the loop is some 90 % busy (0.25 before; "
        "p95 from 10 to 100 ms and more) beside a core that has time."
    ),
    services=(Service(script="customs.js", knobs={"line_ms": 6}),),
    phases=(
        Phase(300, (Http(path="/declarations", rate=35, method="POST", body=300),)),
        Phase(
            1200,
            (Http(path="/declarations", rate=140, method="POST", body=300), Http(path="/declarations/{r}", rate=6)),
        ),
    ),
    onset=300,
)
