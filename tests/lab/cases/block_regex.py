"""A regular expression backtracks for a third of a second."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("optimise-code", "worker-threads", "decompose"),
        forbidden=("vertical", "raise-limit", "websocket-scale-out", "scale-down", "shard", "read-replica", "fix-leak"),
    ),
    reason=(
        "An expression with nested repetition is tried on hostile input, which takes exponential time; only "
        "another expression or another thread helps."
    ),
    services=(Service(script="blocking.js", knobs={"habit": "regex", "letters": 25}),),
    phases=(
        Phase(300, (Http(path="/light", rate=10),)),
        Phase(900, (Http(path="/light", rate=10), Http(path="/heavy", rate=0.5))),
    ),
    onset=300,
)
