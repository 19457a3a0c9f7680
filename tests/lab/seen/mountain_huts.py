"""Searches for free beds leave watches behind that nobody takes away."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("memory-leak",),
        strategies=("fix-leak",),
        forbidden=("cluster", "autoscale", "load-balance", "worker-threads", "scale-down", "shard", "rebalance"),
        also=("memory-pressure",),
    ),
    reason=(
        "Each search leaves a watch of some 30 KB that only a booking would take away: seven a second add 0.2 MB a "
        "second to the heap as it is recorded (10 MB after start, some 350 MB more at the end, about 20 MB in each "
        "model hour) at an even load, and the limit of 768 MB would be met within a further day."
    ),
    services=(Service(script="mountain_huts.js", node=("--max-old-space-size=768",)),),
    phases=(
        Phase(
            64800,
            (
                Http(path="/huts/{r}/nights", rate=7),
                Http(path="/huts", rate=2),
                Http(path="/huts/{r}/book", rate=0.3, method="POST", body=120),
            ),
        ),
    ),
    onset=0,
    stretched=3.6,
    live=14400,
    light=True,
)
