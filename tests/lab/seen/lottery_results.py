"""A few minutes of hurry after each draw."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "After a draw a hundred requests a second come for four seconds, and then it is quiet again: p95 of those "
        "is 31 ms, nobody fails, nothing is left over, and the loop is 16 % busy on average."
    ),
    services=(Service(script="lottery_results.js", telemetry="prom"),),
    phases=(
        Phase(300, (Http(path="/tickets/{n}", rate=12),)),
        Phase(1200, (Http(path="/tickets/{n}", rate=12), Http(path="/tickets/{n}", rate=100, burst=(40, 260)))),
    ),
)
