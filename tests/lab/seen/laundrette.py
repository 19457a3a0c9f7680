"""A report of a machine with an open door ends the process."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

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
            "raise-limit",
            "tune-heap",
            "fix-leak",
            "shard",
        ),
    ),
    reason=(
        "A report without a programme throws in a listener and ends the process, some seven times a minute of the "
        "wall clock, and what was under way is lost each time; memory and load are even."
    ),
    services=(Service(script="laundrette.js", telemetry="pm2", revive=True),),
    phases=(
        Phase(300, (Http(path="/houses/{r}", rate=8), Http(path="/report/{r}", rate=4))),
        Phase(
            1500,
            (
                Http(path="/houses/{r}", rate=8),
                Http(path="/report/{r}", rate=4),
                Http(path="/report/{r}?door=open", rate=0.12),
            ),
        ),
    ),
    onset=300,
    light=True,
)
