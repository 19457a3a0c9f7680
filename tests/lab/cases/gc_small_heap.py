"""A heap too small for its data collects all the time."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("gc-pressure", "memory-pressure"),
        strategies=("tune-heap", "optimise-code", "stream-paginate"),
        forbidden=("worker-threads", "vertical", "scale-down", "shard", "read-replica", "fix-leak"),
        also=("gc-pressure", "memory-pressure"),
    ),
    reason=(
        "Live data takes nine tenths of the old space, so a few requests make the collector go through all of it "
        "again, for a tenth of the time and more."
    ),
    services=(
        Service(
            script="memory.js",
            knobs={"habit": "garbage", "kb": 400, "alive": 1585},
            node=("--max-old-space-size=720",),
        ),
    ),
    phases=(Phase(300, (Http(path="/take", rate=60),)), Phase(1200, (Http(path="/take", rate=60),))),
    onset=300,
)
