"""Another program takes the processors."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("host-cpu-saturated",),
        strategies=("relieve-host", "load-balance", "autoscale", "vertical"),
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
        "A neighbour uses every core nine tenths of the time, so the service waits for a processor; its own work "
        "is moderate."
    ),
    services=(
        Service(script="express.js", knobs={"cpu_ms": 8}),
        Service(script="burner.js", name="neighbour", telemetry="agent", knobs={"threads": 4, "share": 0}),
    ),
    phases=(
        Phase(300, (Http(path="/work", rate=60),)),
        Phase(1500, (Http(path="/work", rate=60),), others={"neighbour": {"share": 0.9}}),
    ),
    onset=300,
    settle=600,
)
