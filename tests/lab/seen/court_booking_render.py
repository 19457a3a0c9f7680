"""A render batch takes every core of the host on which courts are booked."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (Http(path="/week/{r}", rate=40), Http(path="/book/{r}", rate=5, method="POST"))

case = Case(
    label=Label(
        rules=("host-cpu-saturated",),
        strategies=("relieve-host", "vertical", "autoscale", "load-balance"),
        forbidden=("cluster", "worker-threads", "scale-down", "shard", "read-replica", "fix-leak", "tune-heap"),
    ),
    reason=(
        "A batch on three threads takes both cores of the host: courts need 0.2 of a core as before, but wait for "
        "it, and p95 goes from 11 to 46 ms."
    ),
    services=(
        Service(script="court_booking.js", knobs={"week_ms": 4}),
        Service(script="night_render.js", name="render", telemetry="agent", knobs={"threads": 3}),
    ),
    phases=(
        Phase(300, LOAD),
        Phase(900, LOAD, others={"render": {"is_rendering": True}}),
    ),
    onset=300,
    settle=300,
)
