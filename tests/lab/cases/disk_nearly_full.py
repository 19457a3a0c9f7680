"""A log has filled a disk to nine tenths and more."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("disk-filling",),
        strategies=("relieve-host", "static-offload", "vertical"),
        forbidden=("cluster", "autoscale", "load-balance", "worker-threads", "scale-down", "fix-leak", "tune-heap"),
    ),
    reason="A log that is never rotated has left 6 % of its file system free.",
    services=(Service(script="disk.js", environment={"DISK": "{disk}"}, knobs={"kb": 100}),),
    phases=(Phase(300, (Http(path="/log", rate=20.5),)), Phase(5400, (Http(path="/log", rate=5),), knobs={"kb": 0})),
    onset=300,
)
