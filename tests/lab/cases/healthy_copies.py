"""Three copies with even load."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Remedy, Service

case = Case(
    label=SILENT,
    reason="Three copies get the same and are a quarter busy.",
    services=(Service(script="express.js", knobs={"cpu_ms": 6}, copies=3),),
    phases=(Phase(1200, (Http(path="/work", rate=120),)),),
    remedy=Remedy(strategy="scale-down", service=Service(script="express.js", knobs={"cpu_ms": 6}, copies=2)),
)
