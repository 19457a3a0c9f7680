"""A job that keeps the loop busy for four minutes."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="A job of four minutes comes once and is over: nothing needs to change for it.",
    services=(Service(script="express.js", knobs={"cpu_ms": 5}),),
    phases=(
        Phase(600, (Http(path="/work", rate=30),)),
        Phase(240, (Http(path="/work", rate=165),)),
        Phase(900, (Http(path="/work", rate=30),)),
    ),
)
