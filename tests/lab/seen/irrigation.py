"""All controllers ask in the same two seconds of each five minutes, and nobody for the rest."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "For two seconds of each thirty on the wall clock 90 plans a second keep the loop half busy (p50 12 ms, all "
        "answered), and for the rest it idles at 0.005: the mean is below 0.06."
    ),
    services=(Service(script="irrigation.js", knobs={"plan_ms": 6}),),
    phases=(Phase(1500, (Http(path="/plan/{r}", rate=90, burst=(20, 280)), Http(path="/fields/{r}", rate=8))),),
)
