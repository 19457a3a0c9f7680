"""A waiting room holds everybody, and a third of them leave."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Visitors are held for 2.5 s because the organiser wants it and a third of them leave before: some 50 "
        "wait at any moment, nothing fails, and the loop is 5 % busy."
    ),
    services=(Service(script="waiting_room.js", knobs={"hold_s": 2.5}),),
    phases=(
        Phase(
            900,
            (Http(path="/turn/{n}", rate=25, aborts=0.3, patience=0.8), Http(path="/length", rate=10)),
        ),
    ),
    light=True,
)
