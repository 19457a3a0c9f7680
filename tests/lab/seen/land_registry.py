"""Deeds of a slow volume queue for four threads."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("thread-pool-saturated",),
        strategies=("async-io", "cluster", "load-balance", "autoscale", "cache"),
        forbidden=("vertical", "worker-threads", "raise-limit", "scale-down", "fix-leak", "tune-heap", "rebalance"),
        also=("downstream-bound",),
    ),
    reason=(
        "A deed holds one of four threads for 200 ms, which is 20 a second, and 18.5 are asked for: they take a "
        "second and more instead of 0.2, while the loop is 1 % busy and parcels are answered in a millisecond."
    ),
    services=(Service(script="land_registry.js", knobs={"volume_ms": 400}),),
    phases=(
        Phase(300, (Http(path="/parcels/{r}", rate=5), Http(path="/deeds/{r}", rate=3))),
        Phase(1200, (Http(path="/parcels/{r}", rate=5), Http(path="/deeds/{r}", rate=18.5))),
    ),
    onset=300,
    light=True,
)
