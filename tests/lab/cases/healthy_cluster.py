"""A cluster of two with room."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="Two workers share the load evenly and both are mostly idle.",
    services=(Service(script="express.js", knobs={"cpu_ms": 6}, workers=2),),
    phases=(Phase(1200, (Http(path="/work", rate=60),)),),
)
