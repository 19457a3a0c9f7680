"""Garages report their cars to a cluster of three; a stadium's garage opens."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

SCREENS = Http(path="/free", rate=4)

case = Case(
    label=Label(
        rules=("uneven-load",),
        strategies=("rebalance", "load-balance"),
        forbidden=("cluster", "autoscale", "vertical", "scale-down", "shard", "fix-leak", "read-replica"),
    ),
    reason=(
        "One gate's kept connection brings 86 % of 98 cars a second of 8 ms each, so the worker that has it is 75 "
        "to 95 % busy and its cars queue, while the two other workers are 5 to 10 % busy."
    ),
    services=(Service(script="parking.js", workers=3),),
    phases=(
        Phase(300, (SCREENS, Http(path="/cars/{r}", rate=45, connections=9))),
        Phase(1200, (SCREENS, Http(path="/cars/{r}", rate=98, connections=9, skew=0.86))),
    ),
    onset=300,
)
