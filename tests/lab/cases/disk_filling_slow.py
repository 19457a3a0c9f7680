"""A log fills its disk in a day and a half."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("disk-filling",),
        strategies=("relieve-host", "static-offload", "vertical"),
        forbidden=("cluster", "autoscale", "load-balance", "worker-threads", "scale-down", "fix-leak", "tune-heap"),
    ),
    reason="A log that is never rotated takes a steady share of its file system and fills it within a day.",
    services=(Service(script="disk.js", environment={"DISK": "{disk}"}, knobs={"kb": 10}),),
    phases=(Phase(108000, (Http(path="/log", rate=3.2),)),),
    onset=0,
    stretched=6,
)
