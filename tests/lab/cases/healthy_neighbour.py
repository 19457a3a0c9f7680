"""A neighbour that uses part of a core."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="Another program takes a third of a core, and enough is left for everybody.",
    services=(
        Service(script="express.js", knobs={"cpu_ms": 5}),
        Service(script="burner.js", name="neighbour", telemetry="agent", knobs={"threads": 1, "share": 0.3}),
    ),
    phases=(Phase(1200, (Http(path="/work", rate=40),)),),
)
