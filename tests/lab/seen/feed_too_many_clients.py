"""A price feed makes a message of its own for each client, and there are too many clients."""

from __future__ import annotations

from tests.lab.case import Case, Label, Phase, Service, Sockets

case = Case(
    label=Label(
        rules=("websocket-capacity", "event-loop-saturated"),
        strategies=("websocket-scale-out", "cluster", "load-balance", "autoscale", "optimise-code"),
        forbidden=("vertical", "scale-down", "fix-leak", "raise-limit", "shard", "read-replica", "tune-datastore"),
        also=("event-loop-saturated", "websocket-capacity", "event-loop-blocked"),
    ),
    reason=(
        "At each of five ticks a second 340 clients get quotes that are computed for them alone, which keeps "
        "the loop some 80 to 90 % busy."
    ),
    services=(Service(script="feed.js", knobs={"instruments": 450, "ticks": 5}),),
    phases=(Phase(300, (Sockets(count=60),)), Phase(1000, (Sockets(count=340, ramp=100),))),
    onset=380,
)
