"""A log fills its disk within hours."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("disk-filling",),
        strategies=("relieve-host", "static-offload", "vertical"),
        forbidden=("cluster", "autoscale", "load-balance", "worker-threads", "scale-down", "fix-leak", "tune-heap"),
    ),
    reason="A log that is never rotated grows steadily and takes the last of its file system within three hours.",
    services=(Service(script="disk.js", environment={"DISK": "{disk}"}, knobs={"kb": 10}),),
    phases=(Phase(9000, (Http(path="/log", rate=6.5),)),),
    onset=1800,
)
