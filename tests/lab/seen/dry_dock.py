"""Screens wait for what changes in the docks, so answers take many seconds by design."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Screens wait for a change (p50 6 s, p95 20 s) because that is what they ask for; the loop is 2 % busy, 107 "
        "descriptors are open, and what is not a wait is answered in 5 ms."
    ),
    services=(Service(script="dry_dock.js", telemetry="sdk"),),
    phases=(Phase(1500, (Http(path="/docks/{r}/next", rate=7, timeout=40), Http(path="/docks", rate=3))),),
    light=True,
)
