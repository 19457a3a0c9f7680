"""Rare heavy requests where only a page of prom-client reports."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("worker-threads", "optimise-code", "decompose"),
        forbidden=("vertical", "raise-limit", "websocket-scale-out", "scale-down", "shard", "read-replica", "fix-leak"),
    ),
    reason=(
        "Every other second a request computes for 300 ms; the page shows the loop's lag and nothing of ours reports."
    ),
    services=(Service(script="blocking.js", knobs={"heavy_ms": 300}, telemetry="prom"),),
    phases=(
        Phase(300, (Http(path="/light", rate=10),)),
        Phase(900, (Http(path="/light", rate=10), Http(path="/heavy", rate=0.5))),
    ),
    onset=300,
)
