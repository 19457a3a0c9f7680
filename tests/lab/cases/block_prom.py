"""Rare heavy requests where only a page of prom-client reports."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase, Service
from tests.lab.cases.block_spin_often import case as base

case = replace(
    base,
    reason="Every other second a request computes for 300 ms; the page shows the loop's lag and nothing of "
    "ours reports.",
    services=(Service(script="blocking.js", knobs={"heavy_ms": 300}, telemetry="prom"),),
    phases=(
        base.phases[0],
        Phase(900, (Http(path="/light", rate=10), Http(path="/heavy", rate=0.5))),
    ),
    remedy=None,
)
