"""A heap too small for its data collects all the time."""

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
        "Live data takes most of the old space, so nearly every allocation makes the collector go through all of "
        "it again."
    ),
    services=(
        Service(
            script="memory.js",
            knobs={"habit": "garbage", "kb": 400, "alive": 225},
            node=("--max-old-space-size=110",),
        ),
    ),
    phases=(Phase(300, (Http(path="/take", rate=9),)), Phase(1200, (Http(path="/take", rate=90),))),
    onset=300,
)
