"""A batch runs now and then in short slices, and requests pass between them."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "For four seconds in twenty the loop is busy without a pause, but in slices of a millisecond or two, "
        "so requests are answered in milliseconds all the time."
    ),
    services=(Service(script="consumer.js", knobs={"items": 2500, "every_ms": 16_000}),),
    phases=(Phase(1200, (Http(path="/", rate=25),)),),
)
