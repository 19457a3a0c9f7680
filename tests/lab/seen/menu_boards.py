"""Canteens that plan the menus of the next week."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("crash-loop",),
        strategies=("fix-crash", "optimise-code", "worker-threads"),
        forbidden=("vertical", "scale-down", "raise-limit", "fix-leak", "tune-datastore", "read-replica"),
        second=("event-loop-blocked",),
    ),
    reason=(
        "A dish without a name throws in a timer and ends the process, 15 times in 20 minutes of the model, each "
        "time with requests lost and a second without service; besides, previews are drawn within the loop for "
        "350 ms, 50 times a minute, which takes p95 of the boards from 1.5 to 350 ms."
    ),
    services=(Service(script="menu_boards.js", revive=True),),
    phases=(
        Phase(300, (Http(path="/board?board={n}", rate=25), Http(path="/dish?board={n}&dish=stew", rate=1))),
        Phase(
            1200,
            (
                Http(path="/board?board={n}", rate=25),
                Http(path="/dish?board={n}&dish=stew", rate=1),
                Http(path="/dish?board={n}", rate=0.1),
                Http(path="/preview?board={n}", rate=0.9),
            ),
        ),
    ),
    onset=300,
)
