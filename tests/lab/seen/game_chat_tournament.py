"""A tournament: everybody is told of everybody else, twice a second."""

from __future__ import annotations

from tests.lab.case import Case, Label, Phase, Service, Sockets

case = Case(
    label=Label(
        rules=("websocket-capacity", "event-loop-saturated"),
        strategies=("websocket-scale-out", "cluster", "optimise-code", "decompose", "load-balance", "shard"),
        forbidden=("raise-limit", "scale-down", "read-replica", "fix-leak", "vertical", "tune-heap"),
        also=("event-loop-saturated", "websocket-capacity"),
    ),
    reason=(
        "Each of 580 players is sent a view of all others twice a second, which costs the more the more there "
        "are: the loop goes from 15 % with 120 players to 100 %, though descriptors and memory are far from any "
        "limit."
    ),
    services=(Service(script="game_chat.js", knobs={"view_ms": 0.2, "other_ms": 0.0012}),),
    phases=(
        Phase(300, (Sockets(count=120, ramp=60, sends=0.1),)),
        Phase(900, (Sockets(count=580, ramp=60, sends=0.1),)),
    ),
    onset=300,
)
