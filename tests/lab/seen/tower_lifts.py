"""The lifts of a tower answer a call when the cabin is there."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "A call is answered when the cabin is there, after 2.5 to 5 s at any load and from the first minute on, "
        "which is what it is for; nothing queues or fails, other requests take 1 ms, and the loop is 2 % busy."
    ),
    services=(Service(script="lifts.js"),),
    phases=(
        Phase(600, (Http(path="/calls/{r}", method="POST", rate=9), Http(path="/cabins/{r}", rate=8))),
        Phase(1200, (Http(path="/calls/{r}", method="POST", rate=12), Http(path="/cabins/{r}", rate=8))),
    ),
    light=True,
)
