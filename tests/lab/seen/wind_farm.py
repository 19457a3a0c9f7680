"""A wind farm's forecast is computed all day long."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "The forecast computes for 400 of each 500 ms in a thread of its own and never queues, so a core is 85 % "
        "busy and the loop 5 %: requests take 1 to 3 ms and a second core is free."
    ),
    services=(Service(script="wind.js"),),
    phases=(Phase(1500, (Http(path="/turbines/{r}", rate=25), Http(path="/forecast", rate=10))),),
)
