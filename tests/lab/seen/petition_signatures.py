"""A petition finds its way abroad."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (
    Http(path="/petitions/{r}", rate=8),
    Http(path="/petitions/{r}/sign", method="POST", rate=2),
    Http(path="/waiting", rate=1),
)

case = Case(
    label=Label(
        rules=("crash-loop",),
        strategies=("fix-crash",),
        forbidden=("cluster", "autoscale", "load-balance", "vertical", "worker-threads", "scale-down", "tune-heap"),
    ),
    reason=(
        "Two of five signatures bear a date that the confirmation cannot read; its error ends the process, and as "
        "they wait in a file the next process ends 6 s later as well, and so on: ten restarts a minute where "
        "there was none."
    ),
    services=(Service(script="petitions.js", revive=True),),
    phases=(Phase(300, LOAD), Phase(1200, LOAD, knobs={"abroad": True})),
    onset=300,
    light=True,
)
