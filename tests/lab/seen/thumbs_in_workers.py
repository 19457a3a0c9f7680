"""Thumbnails are made by worker threads: much CPU, and a loop that is free."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Two worker threads use about 0.6 of a core between them, each is less than half busy, the loop is "
        "idle, and every answer comes promptly."
    ),
    services=(Service(script="thumbs.js", environment={"THREADS": "2", "SIDE": "1024"}),),
    phases=(Phase(1200, (Http(path="/pictures/{r}/thumbnail", rate=20), Http(path="/pictures/{r}", rate=10))),),
)
