"""A renderer's container is allowed less CPU than its visitors need."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("host-cpu-saturated",),
        strategies=("vertical", "relieve-host", "load-balance", "autoscale", "optimise-code", "cache"),
        forbidden=(
            "cluster",
            "worker-threads",
            "scale-down",
            "fix-leak",
            "raise-limit",
            "shard",
            "read-replica",
            "tune-datastore",
        ),
        also=("event-loop-saturated",),
    ),
    reason=(
        "Pages need about half a core and the quota is 0.4 of one, so the kernel stops the process in every "
        "period, and more processes or threads would share the same quota."
    ),
    services=(Service(script="storefront.js", knobs={"cards": 100}, cores=0.4),),
    phases=(
        Phase(300, (Http(path="/category?visitor={n}", rate=15),)),
        Phase(900, (Http(path="/category?visitor={n}", rate=105),)),
    ),
    onset=300,
)
