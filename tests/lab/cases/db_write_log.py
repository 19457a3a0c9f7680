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
    reason=(
        "A flush of the log takes a tenth of a second, as on a slow volume, and serves the ten sessions that wait: "
        "108 requests a second write, and 100 can."
    ),
    services=(
        Service(
            script="shop.js",
            knobs={"pool": 10, "lines": 5, "bytes": 500, "flush_ms": 100},
            environment={"DATABASE_URL": "{postgresql}"},
        ),
    ),
    phases=(Phase(300, (Http(path="/item", rate=5),)), Phase(2700, (Http(path="/entry", rate=108, method="POST"),))),
    onset=300,
    settle=600,
)
