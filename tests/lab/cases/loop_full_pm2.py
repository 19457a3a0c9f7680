"""A full loop where the probe is missing: pm2."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Service
from tests.lab.cases.loop_full_sdk import case as base

case = replace(
    base,
    reason="Every request computes for 8 ms and 112 of them arrive a second; the process runs under PM2 and nobody "
    "else reports from inside.",
    services=(Service(script="express.js", knobs={"cpu_ms": 8}, telemetry="pm2"),),
)
