"""Open connections come near the limit of descriptors."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Remedy, Service

case = Case(
    label=Label(
        rules=("descriptor-exhaustion",),
        strategies=("raise-limit", "load-balance"),
        forbidden=("cluster", "worker-threads", "scale-down", "shard", "read-replica", "fix-leak", "vertical"),
        also=("downstream-bound",),
    ),
    reason=(
        "Each answer takes 2 s by design and holds a connection, and the soft limit of descriptors is 256: about "
        "225 are open."
    ),
    services=(Service(script="descriptors.js", knobs={"wait_ms": 2000}, descriptors=256),),
    phases=(
        Phase(300, (Http(path="/slow", rate=5, fresh=True),)),
        Phase(1500, (Http(path="/slow", rate=100, fresh=True),)),
    ),
    onset=300,
    remedy=Remedy(
        strategy="raise-limit", service=Service(script="descriptors.js", knobs={"wait_ms": 2000}, descriptors=4096)
    ),
)
