"""A town's map of its air gets finer cells."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (Http(path="/map", rate=20), Http(path="/stations", rate=4), Http(path="/stations/{r}", rate=10))

case = Case(
    label=Label(
        rules=("gc-pressure",),
        strategies=("tune-heap", "optimise-code", "stream-paginate"),
        forbidden=("scale-down", "fix-leak", "raise-limit", "shard", "async-io", "read-replica"),
        also=("event-loop-blocked",),
    ),
    reason=(
        "Each map of 16,000 cells is parsed into 64,000 objects of which 25 maps live on, in a young generation "
        "of 1 MB, so more than half of the time that the loop is busy, and a quarter of all time, goes into "
        "collecting garbage, which was 1 to 2 % before."
    ),
    services=(Service(script="air.js", telemetry="prom", node=("--max-semi-space-size=1",)),),
    phases=(Phase(300, LOAD), Phase(1200, LOAD, knobs={"cells": 16000})),
    onset=300,
)
