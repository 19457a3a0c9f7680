"""Buffers fill the memory that the control group allows."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("memory-pressure",),
        strategies=("vertical", "stream-paginate", "raise-limit"),
        forbidden=("cluster", "worker-threads", "scale-down", "shard", "read-replica"),
        also=("memory-leak",),
    ),
    reason=(
        "Buffers outside the JavaScript heap take the container to nine tenths of its memory limit and stay there."
    ),
    services=(
        Service(script="memory.js", knobs={"habit": "buffers", "kb": 1024, "most": 180}, memory=230 * 1024 * 1024),
    ),
    phases=(Phase(200, (Http(path="/take", rate=14),)), Phase(1300, (Http(path="/light", rate=20),))),
    onset=100,
)
