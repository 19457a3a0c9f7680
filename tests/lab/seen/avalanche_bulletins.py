"""Ski areas fetch their bulletins, nearly all of them at the same moment."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Every five minutes a hundred bulletins a second are fetched for twenty seconds and keep the loop 60 % "
        "busy; nothing fails, they take some 10 ms, and between the bursts it is 8 % busy."
    ),
    services=(Service(script="avalanche.js"),),
    phases=(
        Phase(
            1800,
            (
                Http(path="/bulletins/{r}", rate=10),
                Http(path="/levels", rate=4),
                Http(path="/bulletins/{r}", rate=100, burst=(20, 280)),
            ),
        ),
    ),
)
