"""A healthy service without the probe: sdk."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="The loop is half busy and answers are quick, whoever reports.",
    services=(Service(script="express.js", knobs={"cpu_ms": 8}, telemetry="sdk"),),
    phases=(Phase(1200, (Http(path="/work", rate=55),)),),
)
