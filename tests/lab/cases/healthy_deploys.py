"""Deploys that let requests finish."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="The service answers what it has taken before it leaves, so nothing is lost at a deploy.",
    services=(Service(script="leaving.js", knobs={"graceful": True, "wait_ms": 100}),),
    phases=(Phase(1800, (Http(path="/order", rate=20),), deploys=3),),
)
