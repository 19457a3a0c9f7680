"""A geocoder loads half a gigabyte when it starts, and keeps it."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "The index is loaded within four model minutes of the start and RSS then stays at 0.58 GB on a host with "
        "plenty of memory: the loop is 22 % busy and p95 is 9 ms."
    ),
    services=(Service(script="geocoder.js", knobs={"index_mb": 8, "search_ms": 3}, telemetry="prom"),),
    phases=(Phase(900, (Http(path="/place/{r}", rate=50),)),),
)
