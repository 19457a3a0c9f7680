"""A hotel's housekeeping asks the booking system for each room."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (
    Http(path="/rooms/{r}", rate=18),
    Http(path="/rooms/{r}/cleaned", method="POST", rate=2),
    Http(path="/floors", rate=2),
)

case = Case(
    label=Label(
        rules=("downstream-bound",),
        strategies=("cache", "decompose", "async-io", "tune-datastore"),
        forbidden=(
            "cluster",
            "autoscale",
            "load-balance",
            "vertical",
            "worker-threads",
            "scale-down",
            "shard",
            "fix-leak",
        ),
    ),
    reason=(
        "The booking system answers after 1.6 s instead of 35 ms, and each look at a room waits for it, while "
        "this service's loop and processor are 7 % busy and all its other routes take 1 ms."
    ),
    services=(
        Service(script="housekeeping.js", telemetry="sdk", environment={"BOOKING": "http://127.0.0.1:{port:booking}"}),
        Service(script="rooms.js", name="booking", telemetry="agent"),
    ),
    phases=(Phase(300, LOAD), Phase(1500, LOAD, others={"booking": {"answer_ms": 1600}})),
    onset=300,
    light=True,
)
