"""A server-side renderer gets more visitors than one core can render for."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-saturated",),
        strategies=("cluster", "load-balance", "autoscale", "optimise-code", "cache", "worker-threads"),
        forbidden=("vertical", "scale-down", "fix-leak", "raise-limit", "shard", "read-replica", "tune-datastore"),
    ),
    reason=(
        "Each page takes some 6 ms of computing, is made for one visitor, and 140 are asked for in a second, "
        "so one loop is about 90 % busy while the other core idles."
    ),
    services=(Service(script="storefront.js", knobs={"cards": 145}),),
    phases=(
        Phase(300, (Http(path="/category?visitor={n}", rate=35),)),
        Phase(900, (Http(path="/category?visitor={n}", rate=140),)),
    ),
    onset=300,
)
