"""Four copies for the work of a fraction of one."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("overprovisioned",),
        strategies=("scale-down",),
        forbidden=("cluster", "autoscale", "load-balance", "vertical", "worker-threads", "raise-limit", "shard"),
    ),
    reason=(
        "Four copies are a few per cent busy in every hour of eight days, and two would carry the busiest one "
        "with a loss."
    ),
    services=(Service(script="express.js", knobs={"cpu_ms": 3}, copies=4),),
    phases=(
        Phase(86400 * 2, (Http(path="/work", rate=20, until=50),)),
        Phase(86400 * 2, (Http(path="/work", rate=50, until=20),)),
        Phase(86400 * 2, (Http(path="/work", rate=20, until=50),)),
        Phase(86400 * 2, (Http(path="/work", rate=50, until=20),)),
    ),
    onset=0,
    stretched=38.4,
    live=14400,  # the rule looks once an hour, and must see it for two: what comes live has to hold three looks
)
