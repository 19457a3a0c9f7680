"""One of three copies gets most requests."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Remedy, Service

case = Case(
    label=Label(
        rules=("uneven-load",),
        strategies=("rebalance", "load-balance"),
        forbidden=("cluster", "autoscale", "vertical", "scale-down", "shard", "fix-leak", "worker-threads"),
    ),
    reason="The balancer sends one copy five times as many requests as the others, whose loops idle.",
    services=(Service(script="express.js", knobs={"cpu_ms": 6}, copies=3),),
    phases=(
        Phase(300, (Http(path="/work", rate=60),)),
        Phase(
            1200,
            (
                Http(path="/work", rate=95, copy=0),
                Http(path="/work", rate=18, copy=1),
                Http(path="/work", rate=18, copy=2),
            ),
        ),
    ),
    onset=300,
    remedy=Remedy(
        strategy="rebalance",
        service=Service(script="express.js", knobs={"cpu_ms": 6}, copies=3),
        flows=(Http(path="/work", rate=131),),
    ),
)
