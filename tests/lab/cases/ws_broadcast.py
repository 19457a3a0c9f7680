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
        "Each of 180 clients sends a message a second, which is looked at for 3 ms and told to all of them: together "
        "that fills the loop although few clients are there."
    ),
    services=(Service(script="sockets.js", knobs={"mode": "broadcast", "message_ms": 3}),),
    phases=(Phase(300, (Sockets(count=180, ramp=60, sends=0.05),)), Phase(1200, (Sockets(count=180, sends=1),))),
    onset=300,
)
