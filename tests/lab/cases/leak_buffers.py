"""Buffers outside the JavaScript heap that grow for days."""

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
        "Every request keeps a Buffer that nothing reads, so the resident memory grows at any load while the "
        "JavaScript heap does not."
    ),
    services=(Service(script="memory.js", knobs={"habit": "buffers", "kb": 150}, memory=512 * 1024 * 1024),),
    phases=(
        Phase(86400, (Http(path="/take", rate=1.0, until=1.6),)),
        Phase(86400, (Http(path="/take", rate=1.6, until=1.0),)),
        Phase(86400, (Http(path="/take", rate=1.0, until=1.6),)),
    ),
    onset=0,
    stretched=14.4,
    light=True,
)
