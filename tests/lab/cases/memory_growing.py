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
        "Every request leaves a record behind in a list that nothing reads: 1.5 MB a second fill seven tenths of the "
        "heap in two minutes, and the process ends before three."
    ),
    services=(
        Service(
            script="memory.js", knobs={"habit": "heap", "kb": 150}, node=("--max-old-space-size=256",), revive=True
        ),
    ),
    phases=(Phase(2400, (Http(path="/take", rate=10),)),),
    onset=1150,
    light=True,
)
