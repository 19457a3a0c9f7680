"""A thread that thinks about chess while the loop plays."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "A thread of its own analyses games for three quarters of the time, so the process uses 0.73 of a core, "
        "while the loop is 10 % busy, 60 moves a second are answered in 5 ms at p95, and the machine has half a "
        "core and more to spare."
    ),
    services=(Service(script="chess_analysis.js"),),
    phases=(Phase(1200, (Http(path="/games/{n}/move", rate=60),)),),
)
