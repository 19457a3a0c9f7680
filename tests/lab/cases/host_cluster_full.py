"""A cluster with a worker for each core uses up the host."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("host-cpu-saturated",),
        strategies=("load-balance", "autoscale", "vertical", "relieve-host", "optimise-code"),
        forbidden=(
            "cluster",
            "worker-threads",
            "raise-limit",
            "websocket-scale-out",
            "scale-down",
            "shard",
            "fix-leak",
        ),
        also=("event-loop-saturated",),
    ),
    reason=(
        "Two workers on two cores are asked for more than both can do, so copies on this host share what is used "
        "up already."
    ),
    services=(Service(script="express.js", knobs={"cpu_ms": 10}, workers=2),),
    phases=(
        Phase(300, (Http(path="/work", rate=30),)),
        Phase(1500, (Http(path="/work", rate=210),)),
    ),
    onset=300,
    settle=600,
)
