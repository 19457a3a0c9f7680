"""A full loop that may use one core and no more."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-saturated",),
        strategies=("load-balance", "autoscale", "optimise-code", "vertical"),
        forbidden=("cluster", "worker-threads", "raise-limit", "websocket-scale-out", "scale-down", "shard"),
    ),
    reason="One loop is 90 % busy in a control group of one core, so copies beside it would share that core.",
    services=(Service(script="express.js", knobs={"cpu_ms": 8}, cores=1.0),),
    phases=(
        Phase(300, (Http(path="/work", rate=30),)),
        Phase(900, (Http(path="/work", rate=112),)),
    ),
    onset=300,
)
