"""The pool of database connections is too small."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Remedy, Service

case = Case(
    label=Label(
        rules=("downstream-bound",),
        strategies=("raise-limit", "tune-datastore"),
        forbidden=(
            "cluster",
            "autoscale",
            "load-balance",
            "vertical",
            "worker-threads",
            "scale-down",
            "shard",
            "fix-leak",
        ),
    ),
    reason=(
        "Three connections are each held for 100 ms while the database idles, which is 30 requests a second; 31 "
        "are asked for, so all wait."
    ),
    services=(
        Service(script="shop.js", knobs={"pool": 3, "held_s": 0.1}, environment={"DATABASE_URL": "{postgresql}"}),
    ),
    phases=(
        Phase(300, (Http(path="/held", rate=5),)),
        Phase(900, (Http(path="/held", rate=31),)),
    ),
    onset=300,
    remedy=Remedy(
        strategy="tune-datastore",
        service=Service(
            script="shop.js", knobs={"pool": 12, "held_s": 0.1}, environment={"DATABASE_URL": "{postgresql}"}
        ),
    ),
)
