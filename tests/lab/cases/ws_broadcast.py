"""Every message goes to everybody."""

from __future__ import annotations

from tests.lab.case import Case, Label, Phase, Service, Sockets

case = Case(
    label=Label(
        rules=("websocket-capacity", "event-loop-saturated"),
        strategies=("websocket-scale-out", "cluster", "optimise-code"),
        forbidden=("raise-limit", "scale-down", "shard", "read-replica", "fix-leak", "vertical", "worker-threads"),
        also=("event-loop-saturated", "websocket-capacity"),
    ),
    reason=(
        "Each of 300 clients sends now and then and every message is told to all of them, which fills the loop "
        "although few clients are there."
    ),
    services=(Service(script="sockets.js", knobs={"mode": "broadcast"}),),
    phases=(Phase(300, (Sockets(count=300, ramp=60, sends=0.05),)), Phase(1200, (Sockets(count=300, sends=1.0),))),
    onset=300,
)
