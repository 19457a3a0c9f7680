"""Readings of hives are copied over and over, and sweeping them up takes much of the time."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("gc-pressure",),
        strategies=("tune-heap", "optimise-code", "stream-paginate"),
        forbidden=(
            "scale-down",
            "raise-limit",
            "websocket-scale-out",
            "shard",
            "read-replica",
            "fix-leak",
            "tune-datastore",
            "rebalance",
        ),
        also=("event-loop-saturated",),
    ),
    reason=(
        "At 95 messages a second of 1,700 readings, copied twice and kept for a window, with a young generation of 1 "
        "MB, 0.33 of all time and half of the loop's work (utilization 0.64) is garbage collection; 0.002 before."
    ),
    services=(Service(script="bee_yards.js", telemetry="prom", node=("--max-semi-space-size=1",)),),
    phases=(
        Phase(
            300,
            (Http(path="/hives/{r}/readings", rate=20, method="POST", body=90), Http(path="/hives/{r}", rate=3)),
        ),
        Phase(
            1200,
            (Http(path="/hives/{r}/readings", rate=95, method="POST", body=90), Http(path="/hives/{r}", rate=3)),
            knobs={"readings": 1700},
        ),
    ),
    onset=300,
)
