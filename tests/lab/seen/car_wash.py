"""A program without a price ends the process, again and again."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LIST = Http(path="/programs", rate=6)

case = Case(
    label=Label(
        rules=("crash-loop",),
        strategies=("fix-crash",),
        forbidden=(
            "cluster",
            "autoscale",
            "load-balance",
            "vertical",
            "worker-threads",
            "scale-down",
            "fix-leak",
            "tune-heap",
        ),
    ),
    reason=(
        "Every three seconds somebody buys a program without a price, the exception is thrown where nobody catches it "
        "and ends the process, and what is under way is lost until it has been started again."
    ),
    services=(Service(script="car_wash.js", telemetry="pm2", revive=True),),
    phases=(
        Phase(300, (LIST, Http(path="/codes/2", rate=3))),
        Phase(1200, (LIST, Http(path="/codes/2", rate=3), Http(path="/codes/4", rate=0.3))),
    ),
    onset=300,
    light=True,
)
