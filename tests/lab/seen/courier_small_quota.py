"""Couriers ask for more routes than the container's share of a core allows."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("host-cpu-saturated",),
        strategies=("vertical", "autoscale", "load-balance", "optimise-code", "cache"),
        forbidden=("cluster", "worker-threads", "scale-down", "shard", "read-replica", "fix-leak", "tune-heap"),
    ),
    reason=(
        "The container may use 0.4 of a core and 36 routes of 12 ms a second need 0.45, so it is throttled nearly "
        "half of the time and p95 goes from 26 ms to 1.4 s, while the host itself has room."
    ),
    services=(Service(script="courier_routes.js", knobs={"plan_ms": 12}, cores=0.4),),
    phases=(
        Phase(300, (Http(path="/route/{r}", rate=6),)),
        Phase(900, (Http(path="/route/{r}", rate=36),)),
    ),
    onset=300,
)
