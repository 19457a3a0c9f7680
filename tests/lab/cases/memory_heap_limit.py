"""The live data of a service is nearly all that its heap may hold."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("memory-pressure",),
        strategies=("tune-heap", "cache", "vertical"),
        forbidden=("cluster", "fix-leak", "worker-threads", "scale-down", "shard", "read-replica"),
        also=("gc-pressure",),
    ),
    reason=(
        "A bounded cache fills nine tenths of the old space that --max-old-space-size allows, on a host with "
        "plenty of memory."
    ),
    services=(
        Service(
            script="memory.js",
            knobs={"habit": "cache", "entries": 2260, "kb": 100},
            node=("--max-old-space-size=256",),
        ),
    ),
    phases=(Phase(300, (Http(path="/take", rate=80),)), Phase(1200, (Http(path="/take", rate=10),))),
    onset=290,  # the cache is full
)
