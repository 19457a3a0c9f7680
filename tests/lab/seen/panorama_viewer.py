"""Panoramas of many trails in a container made for a few."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("memory-pressure",),
        strategies=("vertical", "optimise-code", "decompose", "shard"),
        forbidden=("cluster", "worker-threads", "async-io", "scale-down", "fix-leak"),
        also=("crash-loop",),
    ),
    reason=(
        "The tiles of 690 places are kept, 181 MB of buffers outside of the heap, and with the rest of the "
        "process they fill 205 of the 230 MB that the container may use before a sender is added, where one more "
        "trail means the kernel's kill; the number of tiles is bounded, only too large for this container."
    ),
    services=(Service(script="panorama_viewer.js", memory=230_000_000, revive=True),),
    phases=(
        Phase(300, (Http(path="/panorama?place={r}", rate=20),)),
        Phase(1200, (Http(path="/panorama?place={r}", rate=40),), knobs={"places": 690}),
    ),
    onset=300,
    light=True,
)
