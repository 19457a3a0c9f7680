"""One of three copies gets twice what the others get."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("uneven-load",),
        strategies=("rebalance", "load-balance"),
        forbidden=("cluster", "autoscale", "vertical", "scale-down", "shard", "fix-leak", "worker-threads"),
    ),
    reason=(
        "One copy does twice the work of the others at every moment, which wastes a third of what all three could do."
    ),
    services=(Service(script="express.js", knobs={"cpu_ms": 6}, copies=3),),
    phases=(
        Phase(300, (Http(path="/work", rate=90),)),
        Phase(
            1200,
            (
                Http(path="/work", rate=80, copy=0),
                Http(path="/work", rate=35, copy=1),
                Http(path="/work", rate=35, copy=2),
            ),
        ),
    ),
    onset=300,
)
