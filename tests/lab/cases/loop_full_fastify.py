"""A Fastify service renders lists until its loop is full."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-saturated",),
        strategies=("cluster", "load-balance", "autoscale", "optimise-code"),
        forbidden=(
            "vertical",
            "raise-limit",
            "websocket-scale-out",
            "scale-down",
            "shard",
            "read-replica",
            "worker-threads",
        ),
    ),
    reason=(
        "Each list costs about 7 ms of the loop and 122 of them are asked for each second, all on one route of "
        "one process."
    ),
    services=(Service(script="fastify.js", knobs={"list_ms": 7}),),
    phases=(
        Phase(300, (Http(path="/list/{n}", rate=30),)),
        Phase(900, (Http(path="/list/{n}", rate=122),)),
    ),
    onset=300,
)
