"""One request ends processes, and the load is uneven."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("crash-loop",),
        strategies=("fix-crash",),
        forbidden=("cluster", "autoscale", "vertical", "worker-threads", "scale-down"),
        second=("uneven-load",),
    ),
    reason="A request that nobody catches ends a copy again and again, and one copy gets most requests.",
    services=(Service(script="crashing.js", knobs={"light_ms": 6}, copies=2, revive=True),),
    phases=(
        Phase(300, (Http(path="/light", rate=40),)),
        Phase(
            1200,
            (
                Http(path="/light", rate=85, copy=0),
                Http(path="/light", rate=15, copy=1),
                Http(path="/boom", rate=0.1, copy=1),
            ),
        ),
    ),
    onset=300,
)
