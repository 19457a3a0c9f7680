"""Phones ask for the next job and wait, as they are meant to."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "A phone waits 7 s for a job and is then told that there is none, so some 55 requests are always under way "
        "and most last 7 s by intent, while the loop is 2 % busy and all else is answered in 2 ms."
    ),
    services=(Service(script="piano_tuners.js", telemetry="sdk"),),
    phases=(
        Phase(
            1500,
            (
                Http(path="/jobs/next?tuner={r}", rate=8, timeout=20),
                Http(path="/jobs", rate=1, method="POST", body=80),
                Http(path="/pianos/{r}", rate=4),
            ),
        ),
    ),
    light=True,
)
