"""The heap grows with every request until nothing is left."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("memory-pressure", "memory-leak"),
        strategies=("fix-leak",),
        forbidden=("cluster", "autoscale", "load-balance", "vertical", "worker-threads", "scale-down"),
        also=("gc-pressure", "crash-loop"),
    ),
    reason=(
        "Every request leaves a record behind in a list that nothing reads, so the heap reaches its limit within "
        "the hour."
    ),
    services=(
        Service(
            script="memory.js", knobs={"habit": "heap", "kb": 150}, node=("--max-old-space-size=256",), revive=True
        ),
    ),
    phases=(Phase(2400, (Http(path="/take", rate=10),)),),
    onset=1800,
    light=True,
)
