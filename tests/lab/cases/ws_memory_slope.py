"""Clients come for two days, and each costs memory."""

from __future__ import annotations

from tests.lab.case import Case, Label, Phase, Service, Sockets

case = Case(
    label=Label(
        rules=("websocket-capacity", "memory-pressure"),
        strategies=("websocket-scale-out", "tune-heap", "vertical"),
        forbidden=("cluster", "worker-threads", "scale-down", "shard", "read-replica", "fix-leak"),
        also=("memory-pressure", "websocket-capacity"),
    ),
    reason=(
        "Each connection keeps some 200 KB and 1,700 of them fill nine tenths of the heap that the process may have."
    ),
    services=(Service(script="sockets.js", knobs={"kb": 200}, node=("--max-old-space-size=400",), descriptors=8192),),
    phases=(
        Phase(86400, (Sockets(count=400, ramp=60000),)),
        Phase(86400, (Sockets(count=1700, ramp=84000),)),
        Phase(10800, (Sockets(count=1700),)),
    ),
    onset=0,
    stretched=10,
    light=True,
)
