"""The service ends every few seconds."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("crash-loop",),
        strategies=("fix-crash",),
        forbidden=("cluster", "autoscale", "load-balance", "vertical", "worker-threads", "scale-down", "raise-limit"),
    ),
    reason="An error that nobody catches ends the process every few seconds, and a supervisor starts it again.",
    services=(Service(script="crashing.js", revive=True),),
    phases=(
        Phase(300, (Http(path="/light", rate=10),)),
        Phase(900, (Http(path="/light", rate=10), Http(path="/boom", rate=0.3))),
    ),
    onset=300,
    light=True,
)
