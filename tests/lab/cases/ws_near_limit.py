"""As many WebSockets as descriptors allow."""

from __future__ import annotations

from tests.lab.case import Case, Label, Phase, Service, Sockets

case = Case(
    label=Label(
        rules=("websocket-capacity", "descriptor-exhaustion"),
        strategies=("raise-limit", "websocket-scale-out"),
        forbidden=(
            "cluster",
            "worker-threads",
            "scale-down",
            "shard",
            "read-replica",
            "fix-leak",
            "vertical",
            "autoscale",
        ),
        also=("descriptor-exhaustion", "websocket-capacity"),
    ),
    reason="870 clients stay connected and the soft limit is 1,024 descriptors: a few more and connections fail.",
    services=(Service(script="sockets.js", descriptors=1024),),
    phases=(Phase(300, (Sockets(count=100),)), Phase(1800, (Sockets(count=870, ramp=120, sends=0.05),))),
    onset=360,
)
