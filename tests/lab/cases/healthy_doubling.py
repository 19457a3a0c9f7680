"""Twice the load, inside what the service can do."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="Traffic doubles from a quarter to half of the loop, and answers stay quick.",
    services=(Service(script="express.js", knobs={"cpu_ms": 8}),),
    phases=(
        Phase(600, (Http(path="/work", rate=30),)),
        Phase(900, (Http(path="/work", rate=62),)),
    ),
)
