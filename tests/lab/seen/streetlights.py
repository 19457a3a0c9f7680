"""What street lights report is more than the database can write."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("datastore-write-bound",),
        strategies=("tune-datastore", "vertical", "shard", "decompose"),
        forbidden=(
            "cluster",
            "autoscale",
            "load-balance",
            "worker-threads",
            "scale-down",
            "read-replica",
            "fix-leak",
            "websocket-scale-out",
            "rebalance",
        ),
        also=("downstream-bound",),
    ),
    reason=(
        "Each flush of the log takes 100 ms, and 125 small transactions a second wait for it: twelve of fourteen "
        "sessions or most of them stand at WALWrite while the database's CPU and the loop (0.06) have time; p95 0.2 "
        "s."
    ),
    services=(
        Service(
            script="streetlights.js",
            knobs={"flush_ms": 100, "rows": 10, "pool": 14},
            environment={"DATABASE_URL": "{postgresql}"},
        ),
    ),
    phases=(
        Phase(
            300,
            (Http(path="/streets/{r}/events", rate=4, method="POST", body=90), Http(path="/streets/{r}", rate=2)),
        ),
        Phase(
            2400,
            (Http(path="/streets/{r}/events", rate=125, method="POST", body=90), Http(path="/streets/{r}", rate=2)),
        ),
    ),
    onset=300,
    settle=600,
)
