"""A lesson to which every pupil of the school comes."""

from __future__ import annotations

from tests.lab.case import Case, Label, Phase, Service, Sockets

case = Case(
    label=Label(
        rules=("websocket-capacity", "descriptor-exhaustion"),
        strategies=("websocket-scale-out", "raise-limit", "cluster", "load-balance", "autoscale"),
        forbidden=("vertical", "worker-threads", "fix-leak", "scale-down", "cache", "tune-heap", "tune-datastore"),
    ),
    reason=(
        "440 pupils stay connected, which with the rest makes 460 of 512 descriptors, 90 %, and the next two "
        "classes cannot come in, while the loop is 1 % busy and memory stays below 60 MB."
    ),
    services=(Service(script="whiteboard.js", descriptors=512),),
    phases=(
        Phase(300, (Sockets(count=90, ramp=60, sends=0.05, size=120),)),
        Phase(1800, (Sockets(count=440, ramp=150, sends=0.05, size=120),)),
    ),
    onset=420,
    light=True,
)
