"""A slow dependency where only an OpenTelemetry SDK reports."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase, Service
from tests.lab.cases.downstream_slow import case as base

case = replace(
    base,
    reason="The other service takes 2 s instead of 30 ms; the SDK reports requests and calls, and the loop idles.",
    services=(
        Service(
            script="caller.js",
            knobs={"cpu_ms": 1},
            environment={"UPSTREAM": "http://127.0.0.1:{port:stock}/"},
            telemetry="sdk",
        ),
        base.services[1],
    ),
    phases=(
        base.phases[0],
        Phase(900, (Http(path="/order", rate=30),), others={"stock": {"wait_ms": 2000}}),
    ),
)
