"""A loop that works hard and has room."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="The loop is 55 % busy, answers are quick, and a core is free.",
    services=(Service(script="express.js", knobs={"cpu_ms": 8}),),
    phases=(Phase(1200, (Http(path="/work", rate=68),)),),
)
