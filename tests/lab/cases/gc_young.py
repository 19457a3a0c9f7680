"""Short-lived objects keep the young collector busy."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("gc-pressure",),
        strategies=("tune-heap", "optimise-code", "stream-paginate"),
        forbidden=("worker-threads", "vertical", "scale-down", "shard", "read-replica", "fix-leak"),
        also=("memory-pressure",),
    ),
    reason=(
        "Each request makes megabytes of objects that survive a few young collections in a semi-space of 1 MB, "
        "which are copied again and again."
    ),
    services=(
        Service(
            script="memory.js",
            knobs={"habit": "garbage", "kb": 1500, "alive": 8},
            node=("--max-semi-space-size=1",),
        ),
    ),
    phases=(Phase(300, (Http(path="/take", rate=2),)), Phase(1200, (Http(path="/take", rate=22),))),
    onset=300,
)
