"""Memory that grows for days."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("memory-leak",),
        strategies=("fix-leak",),
        forbidden=("cluster", "autoscale", "load-balance", "vertical", "worker-threads", "scale-down", "raise-limit"),
        also=("memory-pressure",),
    ),
    reason=(
        "Every request leaves behind a record in a list that nothing reads, so the heap grows at any load and "
        "reaches its limit within days."
    ),
    services=(Service(script="memory.js", knobs={"habit": "heap", "kb": 80}, node=("--max-old-space-size=512",)),),
    phases=(
        Phase(86400, (Http(path="/take", rate=2.0, until=3.0),)),
        Phase(86400, (Http(path="/take", rate=3.0, until=2.0),)),
        Phase(86400, (Http(path="/take", rate=2.0, until=3.0),)),
    ),
    onset=0,
    stretched=14.4,
    light=True,
)
