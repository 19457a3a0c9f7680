"""A thread beside keeps a core busy with maps, and no request waits for it."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "A worker thread computes for four fifths of a core on maps, so the process looks busy, but the loop is 5 to "
        "9 % busy, p95 stays at 14 ms or less and the other core is free: nobody needs more processes."
    ),
    services=(Service(script="soil_lab.js"),),
    phases=(
        Phase(300, (Http(path="/samples/{r}", rate=25),)),
        Phase(1200, (Http(path="/samples/{r}", rate=25), Http(path="/maps", rate=2)), knobs={"field_ms": 100}),
    ),
)
