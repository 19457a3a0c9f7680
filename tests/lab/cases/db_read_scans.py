"""The database is held up by read."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Remedy, Service

case = Case(
    label=Label(
        rules=("datastore-read-bound",),
        strategies=("tune-datastore", "cache", "read-replica"),
        forbidden=("cluster", "autoscale", "worker-threads", "scale-down", "shard", "fix-leak", "websocket-scale-out"),
        also=("downstream-bound", "host-cpu-saturated"),
    ),
    reason=(
        "Every request searches a whole table for more than a tenth of a second because no index serves it; 18 of them "
        "a second are more than two cores can do, so sessions outnumber the cores."
    ),
    services=(
        Service(script="shop.js", knobs={"pool": 20, "owners": 60}, environment={"DATABASE_URL": "{postgresql}"}),
    ),
    phases=(Phase(300, (Http(path="/item", rate=5),)), Phase(2700, (Http(path="/owner", rate=18),))),
    onset=300,
    settle=600,
    remedy=Remedy(
        strategy="cache",
        service=Service(
            script="shop.js",
            knobs={"pool": 20, "owners": 60, "keeps": True},
            environment={"DATABASE_URL": "{postgresql}"},
        ),
    ),
)
