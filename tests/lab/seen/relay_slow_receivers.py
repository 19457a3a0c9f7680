"""A webhook relay delivers in the background to receivers that are slow and fail at times."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Receivers take 0.9 seconds and refuse one event in ten, but a caller has its 202 within "
        "milliseconds, retries succeed, and what is under way stays level."
    ),
    services=(
        Service(script="relay.js", environment={"RECEIVER": "http://127.0.0.1:{port:receiver}/", "SPOOL": "{scratch}"}),
        Service(script="backend.js", name="receiver", telemetry="agent", knobs={"wait_ms": 900, "failures": 0.1}),
    ),
    phases=(Phase(1200, (Http(path="/events", rate=20, method="POST", body=600),)),),
)
