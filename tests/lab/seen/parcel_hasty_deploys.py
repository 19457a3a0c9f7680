"""A service that exits at once when it is told to go, and is deployed four times."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (Http(path="/track/{n}", rate=30),)

case = Case(
    label=Label(
        rules=("dropped-at-deploy",),
        strategies=("graceful-shutdown",),
        forbidden=(
            "cluster",
            "vertical",
            "autoscale",
            "scale-down",
            "shard",
            "worker-threads",
            "fix-leak",
            "tune-heap",
            "fix-crash",
            "raise-limit",
        ),
    ),
    reason=(
        "At SIGTERM the process exits at once and breaks some six answers of 0.4 s that it had on their way, in "
        "each of two copies at each of four deploys; nothing fails otherwise."
    ),
    services=(Service(script="parcel_tracking.js", knobs={"farewell": "hasty", "radio_ms": 400}, copies=2),),
    phases=(
        Phase(300, LOAD),
        Phase(900, LOAD, deploys=4),
    ),
    onset=300,
)
