"""One process is asked for more than one core can do."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.loop_full_single import case as base

case = replace(
    base,
    label=replace(
        base.label,
        forbidden=(
            "vertical",
            "raise-limit",
            "websocket-scale-out",
            "scale-down",
            "shard",
            "read-replica",
            "worker-threads",
        ),
    ),
    reason="Every request computes for 8 ms and 140 of them arrive a second: 12 % more than one loop can do, beside "
    "an idle core.",
    phases=(
        base.phases[0],
        Phase(900, (Http(path="/work", rate=140),)),
    ),
)
