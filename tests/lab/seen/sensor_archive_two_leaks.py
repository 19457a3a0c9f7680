"""An archive of readings keeps a listener for each of them, and never closes the file of a day."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("memory-leak",),
        second=("descriptor-leak",),
        strategies=("fix-leak",),
        forbidden=("cluster", "worker-threads", "scale-down", "shard", "read-replica", "cache", "async-io"),
    ),
    reason=(
        "Of each reading a listener keeps some 80 KB for ever, so the heap goes from 9 MB to two thirds of its "
        "256 MB in eight model hours; beside it 2.3 files a minute are opened and never closed, half of 2,400 by "
        "then."
    ),
    services=(Service(script="sensor_archive.js", node=("--max-old-space-size=256",), descriptors=2400),),
    phases=(
        Phase(
            28800,
            (
                Http(path="/reading/{n}", rate=11),
                Http(path="/day/{n}", rate=6.5),
                Http(path="/latest", rate=4),
            ),
        ),
    ),
    stretched=16,
    live=14400,
    light=True,
)
