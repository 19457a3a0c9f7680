"""Searches of recipes on the evening before a holiday."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-saturated",),
        strategies=("cluster", "load-balance", "autoscale", "optimise-code", "cache"),
        forbidden=("vertical", "scale-down", "fix-leak", "raise-limit", "tune-datastore"),
    ),
    reason=(
        "A search ranks for 7 ms and 140 of them arrive a second, so the only loop is busy all the time, the "
        "delay of the loop goes from 25 to 440 ms, half of the answers take 390 ms instead of 11, and a fifth of "
        "the searches get none within 10 s, while the second core is free."
    ),
    services=(Service(script="recipe_finder.js", telemetry="pm2"),),
    phases=(
        Phase(300, (Http(path="/recipes?fridge={r}", rate=35),)),
        Phase(900, (Http(path="/recipes?fridge={r}", rate=140),)),
    ),
    onset=300,
)
