"""A disk that fills and is emptied in turns."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="The log is rotated long before the disk is full.",
    services=(Service(script="disk.js", environment={"DISK": "{disk}"}, knobs={"kb": 20, "rotate_kb": 20000}),),
    phases=(Phase(3600, (Http(path="/log", rate=10),)),),
)
