"""A rare heavy request holds up all light ones."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Remedy, Service

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("worker-threads", "optimise-code", "decompose"),
        forbidden=("vertical", "raise-limit", "websocket-scale-out", "scale-down", "shard", "read-replica", "fix-leak"),
    ),
    reason=(
        "Every fourth second a request computes for 300 ms, during which no other is served, while the loop is "
        "idle nine tenths of the time."
    ),
    services=(Service(script="blocking.js", knobs={"heavy_ms": 300}),),
    phases=(
        Phase(300, (Http(path="/light", rate=10),)),
        Phase(900, (Http(path="/light", rate=10), Http(path="/heavy", rate=0.5))),
    ),
    onset=300,
    remedy=Remedy(
        strategy="worker-threads", service=Service(script="blocking.js", knobs={"heavy_ms": 300, "threads": 1})
    ),
)
