"""Nobody asks."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Phase, Service

case = Case(
    label=SILENT,
    reason="A service that nobody uses has nothing wrong with it.",
    services=(Service(script="express.js", knobs={"cpu_ms": 8}),),
    phases=(Phase(1200, ()),),
    light=True,
)
