"""The loop waits for a disk."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("async-io", "optimise-code"),
        forbidden=(
            "vertical",
            "raise-limit",
            "websocket-scale-out",
            "scale-down",
            "shard",
            "read-replica",
            "fix-leak",
            "cluster",
        ),
    ),
    reason="Each export writes and flushes 60 MB synchronously, which stops the loop while the processor idles.",
    services=(Service(script="blocking.js", knobs={"habit": "disk", "writes": 1000}),),
    phases=(
        Phase(300, (Http(path="/light", rate=10),)),
        Phase(900, (Http(path="/light", rate=10), Http(path="/heavy", rate=1.0))),
    ),
    onset=300,
)
