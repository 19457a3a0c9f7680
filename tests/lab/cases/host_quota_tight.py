"""A CPU quota holds the service back."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("host-cpu-saturated",),
        strategies=("relieve-host", "vertical", "raise-limit", "load-balance", "autoscale"),
        forbidden=("cluster", "worker-threads", "websocket-scale-out", "scale-down", "shard", "fix-leak"),
        also=("event-loop-saturated",),
    ),
    reason=(
        "The quota of the control group is half of what it needs, so the kernel stops the process in most periods "
        "while the host has cores to spare."
    ),
    services=(Service(script="express.js", knobs={"cpu_ms": 8}, cores=0.25),),
    phases=(
        Phase(300, (Http(path="/work", rate=8),)),
        Phase(1500, (Http(path="/work", rate=62),)),
    ),
    onset=300,
)
