"""A marathon's spectators follow it from their phones."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service, Sockets

LOOKS = Http(path="/runners/{r}", rate=3, connections=4)

case = Case(
    label=Label(
        rules=("websocket-capacity", "descriptor-exhaustion"),
        strategies=("raise-limit", "websocket-scale-out"),
        forbidden=("worker-threads", "scale-down", "shard", "read-replica", "fix-leak", "vertical", "tune-heap"),
        also=("descriptor-exhaustion", "websocket-capacity"),
    ),
    reason=(
        "1,150 spectators stay connected and the limit is 1,200 descriptors, of which 25 are taken otherwise, so "
        "the next two dozen would be the last, while loop and memory (61 MB) are hardly used."
    ),
    services=(Service(script="marathon.js", descriptors=1200),),
    phases=(
        Phase(300, (LOOKS, Sockets(count=120, path="/live"))),
        Phase(1800, (LOOKS, Sockets(count=1150, ramp=400, path="/live"))),
    ),
    onset=600,
    light=True,
)
