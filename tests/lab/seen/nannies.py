"""The service is deployed anew twice, in order, and no family notices."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Both copies are replaced twice; they stop listening, answer what they have begun and end then: of 424 "
        "requests none was lost, and CPU is 2 %."
    ),
    services=(Service(script="nannies.js", copies=2, grace=10.0),),
    phases=(
        Phase(300, (Http(path="/free/{r}", rate=12),)),
        Phase(1500, (Http(path="/free/{r}", rate=12),), deploys=2),
    ),
    light=True,
)
