"""A thread of its own fits photographs all day, and nobody waits for it."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "The thread that fits photographs takes 85 % of one core, as it should, while the loop is 5 % busy, answers "
        "come in 2 ms, and half of the machine is free."
    ),
    services=(Service(script="dig_site.js", knobs={"share": 0.85}),),
    phases=(Phase(1500, (Http(path="/finds/{r}", rate=15), Http(path="/layers/{r}", rate=5))),),
)
