"""Three copies of a service for charging points get four new versions in a day."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

LOAD = (Http(path="/points/{r}/start", method="POST", rate=25), Http(path="/points/{r}", rate=15))

case = Case(
    label=SILENT,
    reason=(
        "A copy that is told to leave goes on for a moment, lets its requests of 0.6 s finish within 2.2 of 5 s "
        "and ends with code 0, while two others serve: none of the requests is lost in four deploys."
    ),
    services=(Service(script="charging.js", copies=3),),
    phases=(Phase(300, LOAD), Phase(2400, LOAD, deploys=4)),
    light=True,
)
