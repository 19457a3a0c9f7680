"""Workers retire in good order after so many requests."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Each of three workers takes no more after 150 to 300 requests, answers what it has, ends with 0 and is "
        "replaced, one at a time, so nothing is lost; that is meant."
    ),
    services=(Service(script="kennels.js", workers=3),),
    phases=(Phase(1500, (Http(path="/boxes/{n}", rate=12, fresh=True),)),),
    light=True,
)
