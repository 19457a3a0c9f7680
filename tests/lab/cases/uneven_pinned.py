"""Kept-alive connections pin a hot client to one worker."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("uneven-load",),
        strategies=("rebalance", "load-balance"),
        forbidden=("cluster", "autoscale", "vertical", "scale-down", "shard", "fix-leak", "worker-threads"),
    ),
    reason=(
        "Four long-lived connections carry all requests and one of them most, so one worker of two does nearly "
        "everything."
    ),
    services=(Service(script="express.js", knobs={"cpu_ms": 6}, workers=2),),
    phases=(
        Phase(300, (Http(path="/work", rate=30),)),
        Phase(1200, (Http(path="/work", rate=105, connections=4, skew=0.75),)),
    ),
    onset=300,
)
