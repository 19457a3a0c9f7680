"""Deploys that let requests finish."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Each of two copies answers what it has taken before it leaves, and the balancer goes on to the other one."
    ),
    services=(Service(script="leaving.js", knobs={"graceful": True, "wait_ms": 100}, copies=2),),
    phases=(Phase(1800, (Http(path="/order", rate=20),), deploys=3),),
    light=True,
)
