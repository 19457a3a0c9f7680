"""Searches within findings read the whole table, and more come than the database can read."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("datastore-read-bound",),
        strategies=("tune-datastore", "cache", "read-replica"),
        forbidden=(
            "cluster",
            "autoscale",
            "worker-threads",
            "scale-down",
            "shard",
            "fix-leak",
            "websocket-scale-out",
            "rebalance",
            "tune-heap",
        ),
        also=("downstream-bound", "host-cpu-saturated"),
    ),
    reason=(
        "A search within the findings reads all 160,000 rows for more than a tenth of a second, since no index serves "
        "it; 20 a second are as much as both cores can do: all 20 sessions are active and wait for nothing, and p50 "
        "is 0.9 s, of other queries up to 0.5 s (0.009 before)."
    ),
    services=(Service(script="lab_samples.js", knobs={"pool": 20}, environment={"DATABASE_URL": "{postgresql}"}),),
    phases=(
        Phase(300, (Http(path="/samples/{r}", rate=8),)),
        Phase(2400, (Http(path="/samples/{r}", rate=8), Http(path="/findings/{r}", rate=20))),
    ),
    onset=300,
    settle=600,
)
