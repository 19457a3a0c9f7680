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
        "Every request reads a whole table because an index is missing, so sessions of the database outnumber its "
        "cores."
    ),
    services=(Service(script="shop.js", knobs={"pool": 20}, environment={"DATABASE_URL": "{postgresql}"}),),
    phases=(Phase(300, (Http(path="/item", rate=5),)), Phase(1500, (Http(path="/owner", rate=45),))),
    onset=300,
    settle=600,
    remedy=Remedy(
        strategy="cache",
        service=Service(
            script="shop.js", knobs={"pool": 20, "keeps": True}, environment={"DATABASE_URL": "{postgresql}"}
        ),
    ),
)
