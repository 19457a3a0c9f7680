"""The boards of a bowling alley keep what is needed to undo throws of games that are long over."""

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("memory-leak",),
        strategies=("fix-leak",),
        forbidden=(
            "cluster",
            "autoscale",
            "load-balance",
            "worker-threads",
            "scale-down",
            "raise-limit",
            "static-offload",
            "shard",
        ),
    ),
    reason=(
        "What each throw of a game keeps, 7 KB for 20 throws a second, is deleted under a number where it was "
        "stored under a text, so the heap grows from 10 to some 265 MB in the day, 10 MB an hour, at the same "
        "load and with the loop 5 % busy."
    ),
    services=(Service(script="bowling_lanes.js"),),
    phases=(
        Phase(
            86400,
            (
                Http(path="/lanes/{r}/throws", method="POST", body=60, rate=20),
                Http(path="/lanes/{r}/board", rate=8),
            ),
        ),
    ),
    onset=0,
    stretched=4.8,
    live=14400,
    light=True,
)
