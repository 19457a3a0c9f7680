"""The loop waits for another program, most of the time."""

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
    reason="execFileSync waits 300 ms about once a second, and the processor idles meanwhile.",
    services=(Service(script="blocking.js", knobs={"habit": "command", "sleep_s": 0.3}),),
    phases=(
        Phase(300, (Http(path="/light", rate=10),)),
        Phase(900, (Http(path="/light", rate=10), Http(path="/heavy", rate=1.2))),
    ),
    onset=300,
)
