"""A full loop, and few descriptors left."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("descriptor-exhaustion", "event-loop-saturated"),
        strategies=("raise-limit", "cluster", "load-balance"),
        forbidden=("vertical", "scale-down", "shard", "read-replica", "fix-leak"),
        also=("descriptor-exhaustion", "event-loop-saturated"),
        second=("event-loop-saturated",),
    ),
    reason=(
        "Idle clients hold nine tenths of the descriptors, and the requests of the others keep the loop 85 % busy."
    ),
    services=(Service(script="express.js", knobs={"cpu_ms": 8}, descriptors=256),),
    phases=(
        Phase(300, (Http(path="/work", rate=20),)),
        Phase(1500, (Http(path="/work", rate=98), Http(path="/health", rate=60, connections=205))),
    ),
    onset=300,
)
