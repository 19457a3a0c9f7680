"""Files on a slow store keep all threads of libuv waiting."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("thread-pool-saturated",),
        strategies=("async-io", "cache", "cluster", "load-balance", "autoscale", "decompose"),
        forbidden=(
            "vertical",
            "worker-threads",
            "scale-down",
            "raise-limit",
            "shard",
            "fix-leak",
            "tune-heap",
            "tune-datastore",
            "websocket-scale-out",
        ),
        also=("downstream-bound",),
    ),
    reason=(
        "Each audiogram holds one of four threads for 150 ms on average, so 26.7 a second can be read; 25.5 are asked "
        "for, and p50 grows from 0.15 to 0.4 s, p95 from 0.28 to 2 s, at a loop that is 3 % busy."
    ),
    services=(Service(script="hearing_aids.js", knobs={"store_ms": 300}),),
    phases=(
        Phase(300, (Http(path="/audiograms/{r}", rate=5), Http(path="/clients/{r}", rate=6))),
        Phase(1200, (Http(path="/audiograms/{r}", rate=25.5), Http(path="/clients/{r}", rate=6))),
    ),
    onset=300,
    light=True,
)
