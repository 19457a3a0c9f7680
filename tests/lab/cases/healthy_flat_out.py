"""A closed loop of a few clients that are served as fast as they ask."""

from __future__ import annotations

from tests.lab.case import SILENT, Cannon, Case, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Three clients with pauses of the network between their requests use half of the loop and get every "
        "answer within milliseconds."
    ),
    services=(Service(script="express.js", knobs={"cpu_ms": 1, "wait_ms": 3}),),
    phases=(Phase(1200, (Cannon(path="/work", connections=2),)),),
)
