"""Batches of small objects live just long enough to be collected at great cost."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (
    Http(path="/junctions/{r}/counts", rate=28, method="POST", body=300),
    Http(path="/junctions/{r}", rate=4),
)

case = Case(
    label=Label(
        rules=("gc-pressure",),
        strategies=("tune-heap", "optimise-code", "stream-paginate"),
        forbidden=(
            "vertical",
            "raise-limit",
            "scale-down",
            "fix-leak",
            "rebalance",
            "websocket-scale-out",
            "read-replica",
        ),
        also=("event-loop-blocked",),
    ),
    reason=(
        "Each of 28 batches a second becomes 40,000 objects that outlive the young generation, so garbage collection "
        "takes 30 % of the time and two thirds of what the process computes, with pauses up to 160 ms, on a loop that "
        "is half busy."
    ),
    services=(Service(script="traffic_counts.js", telemetry="prom"),),
    phases=(
        Phase(300, LOAD),
        Phase(1200, LOAD, knobs={"vehicles": 40000, "window": 10}),
    ),
    onset=300,
)
