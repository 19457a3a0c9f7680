"""Long polling: almost every request takes seconds, as it shall."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "A request waits up to five seconds for news by design, which costs nothing, and the number that wait "
        "stays level."
    ),
    services=(Service(script="notifications.js"),),
    phases=(Phase(1200, (Http(path="/poll?client={n}", rate=40, timeout=30),)),),
)
