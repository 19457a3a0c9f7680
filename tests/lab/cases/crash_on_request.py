"""One kind of request ends the process."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("crash-loop",),
        strategies=("fix-crash",),
        forbidden=("cluster", "autoscale", "load-balance", "vertical", "worker-threads", "scale-down", "raise-limit"),
    ),
    reason=(
        "A request throws an error that nobody catches, several times in a quarter of an hour, and a supervisor "
        "starts the process again."
    ),
    services=(Service(script="crashing.js", revive=True),),
    phases=(
        Phase(300, (Http(path="/light", rate=10),)),
        Phase(1200, (Http(path="/light", rate=10), Http(path="/boom", rate=0.06))),
    ),
    onset=300,
    light=True,
)
