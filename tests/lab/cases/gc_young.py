"""Short-lived objects keep the young collector busy."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase, Service
from tests.lab.cases.gc_small_heap import case as base

case = replace(
    base,
    reason="Each request makes megabytes of objects that survive a few young collections in a semi-space of 1 MB, "
    "which are copied again and again.",
    services=(
        Service(
            script="memory.js",
            knobs={"habit": "garbage", "kb": 1500, "alive": 8},
            node=("--max-semi-space-size=1",),
        ),
    ),
    phases=(
        base.phases[0],
        Phase(1200, (Http(path="/take", rate=22),)),
    ),
)
