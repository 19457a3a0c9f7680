"""A heavy request in each second holds up all light ones."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Remedy, Service

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("worker-threads", "optimise-code", "decompose"),
        forbidden=("vertical", "raise-limit", "websocket-scale-out", "scale-down", "shard", "read-replica", "fix-leak"),
    ),
    reason=(
        "A request that computes for 300 ms comes about once a second, so a third of all light ones wait behind it."
    ),
    services=(Service(script="blocking.js", knobs={"heavy_ms": 300}),),
    phases=(
        Phase(300, (Http(path="/light", rate=10),)),
        Phase(900, (Http(path="/light", rate=10), Http(path="/heavy", rate=1.1))),
    ),
    onset=300,
    remedy=Remedy(
        strategy="worker-threads", service=Service(script="blocking.js", knobs={"heavy_ms": 300, "threads": 1})
    ),
)
