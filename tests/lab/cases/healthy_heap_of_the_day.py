"""A heap that follows the load of the day."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Sessions live as long as the load of the day lasts, so the heap rises and falls with it and its floor stays."
    ),
    services=(Service(script="memory.js", knobs={"habit": "garbage", "kb": 40, "alive": 200}),),
    phases=(
        Phase(43200, (Http(path="/take", rate=2, until=8),), knobs={"alive": 800}),
        Phase(43200, (Http(path="/take", rate=8, until=2),), knobs={"alive": 200}),
        Phase(43200, (Http(path="/take", rate=2, until=8),), knobs={"alive": 800}),
        Phase(43200, (Http(path="/take", rate=8, until=2),), knobs={"alive": 200}),
        Phase(43200, (Http(path="/take", rate=2, until=8),), knobs={"alive": 800}),
        Phase(43200, (Http(path="/take", rate=8, until=2),), knobs={"alive": 200}),
    ),
    stretched=14.4,
    light=True,
)
