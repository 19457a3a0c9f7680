"""A cache that fills and then stays."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="The heap grows while a bounded cache fills, and stops far below its limit.",
    services=(Service(script="memory.js", knobs={"habit": "cache", "entries": 800, "kb": 50}),),
    phases=(Phase(1800, (Http(path="/take", rate=10),)),),
)
