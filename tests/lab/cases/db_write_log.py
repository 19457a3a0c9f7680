"""The database is held up by write."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("datastore-write-bound",),
        strategies=("tune-datastore", "vertical", "decompose", "shard"),
        forbidden=(
            "cluster",
            "autoscale",
            "worker-threads",
            "scale-down",
            "read-replica",
            "cache",
            "fix-leak",
            "websocket-scale-out",
        ),
        also=("downstream-bound", "host-cpu-saturated"),
    ),
    reason="Every request inserts thousands of rows, so the database's sessions wait for its log and its disk.",
    services=(
        Service(
            script="shop.js",
            knobs={"pool": 20, "lines": 2000, "bytes": 500},
            environment={"DATABASE_URL": "{postgresql}"},
        ),
    ),
    phases=(Phase(300, (Http(path="/item", rate=5),)), Phase(1500, (Http(path="/entry", rate=14),))),
    onset=300,
    settle=600,
)
