"""One of three copies gets nearly all calls."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("uneven-load",),
        strategies=("rebalance", "load-balance"),
        forbidden=(
            "cluster",
            "autoscale",
            "vertical",
            "scale-down",
            "shard",
            "fix-leak",
            "worker-threads",
            "tune-heap",
            "raise-limit",
        ),
    ),
    reason=(
        "The balancer sends 120 calls a second to one copy, whose CPU is some 0.75 (p95 48 ms), and nine to each of "
        "two others, which are 0.06 busy (p95 16 ms)."
    ),
    services=(Service(script="interpreters.js", knobs={"rank_ms": 6}, copies=3, telemetry="agent"),),
    phases=(
        Phase(300, (Http(path="/call/{r}", rate=45),)),
        Phase(
            1200,
            (
                Http(path="/call/{r}", rate=120, copy=0),
                Http(path="/call/{r}", rate=9, copy=1),
                Http(path="/call/{r}", rate=9, copy=2),
            ),
        ),
    ),
    onset=300,
)
