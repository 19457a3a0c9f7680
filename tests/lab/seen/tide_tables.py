"""The heap is too small for the harbours that are served now."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (Http(path="/next/{n}", rate=20), Http(path="/week/{n}", rate=2))

case = Case(
    label=Label(
        rules=("memory-pressure",),
        strategies=("tune-heap", "vertical", "optimise-code", "stream-paginate", "cache", "shard", "decompose"),
        forbidden=("worker-threads", "raise-limit", "scale-down", "fix-leak", "rebalance", "async-io"),
    ),
    reason=(
        "The years of 740 harbours take 189 MB of a heap that may have 213 (it was 67 with 250 harbours) and are all "
        "still needed; it fills within 40 s and then stays, so it is no leak, and a few dozen harbours more end the "
        "process."
    ),
    services=(
        Service(
            script="tide_tables.js",
            knobs={"harbours": 250},
            node=("--max-old-space-size=200", "--max-semi-space-size=1"),
        ),
    ),
    phases=(Phase(300, LOAD), Phase(1200, LOAD, knobs={"harbours": 740})),
    onset=300,
    light=True,
)
