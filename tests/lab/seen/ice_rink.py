"""Holds of an ice rink are kept by one key and let go by another."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("memory-leak",),
        strategies=("fix-leak",),
        forbidden=(
            "cluster",
            "autoscale",
            "load-balance",
            "worker-threads",
            "scale-down",
            "shard",
            "websocket-scale-out",
            "rebalance",
        ),
    ),
    reason=(
        "Every hold stays in a map for ever, 16 KB each and 200 MB in the day of a process that began with 60, while "
        "the load goes up and down and comes back to where it was."
    ),
    services=(Service(script="ice_rink.js", telemetry="pm2"),),
    phases=(
        Phase(43200, (Http(path="/holds", rate=6, until=10, method="POST", body=120), Http(path="/plan/{r}", rate=5))),
        Phase(43200, (Http(path="/holds", rate=10, until=6, method="POST", body=120), Http(path="/plan/{r}", rate=5))),
    ),
    onset=0,
    stretched=5.4,
    live=14400,
    light=True,
)
