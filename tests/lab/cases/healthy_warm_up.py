"""A start that computes for a minute."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="The first requests are slow while caches and code warm up, and all is well afterwards.",
    services=(Service(script="express.js", knobs={"cpu_ms": 20}),),
    phases=(
        Phase(90, (Http(path="/work", rate=45),)),
        Phase(1200, (Http(path="/work", rate=45),), knobs={"cpu_ms": 5}),
    ),
)
