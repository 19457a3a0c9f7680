"""Collectors' searches read a whole table each."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

STAMP = Http(path="/stamps/{r}", rate=6)

case = Case(
    label=Label(
        rules=("datastore-read-bound",),
        strategies=("tune-datastore", "cache", "read-replica"),
        forbidden=("cluster", "autoscale", "worker-threads", "scale-down", "fix-leak", "raise-limit", "rebalance"),
        also=("downstream-bound", "host-cpu-saturated"),
    ),
    reason=(
        "A search reads all 160,000 rows for 0.1 s of a processor because no index serves it, and 19 of them a second "
        "are what two processors can do at best, while the service itself is 3 % busy."
    ),
    services=(Service(script="stamp_catalogue.js", environment={"DATABASE_URL": "{postgresql}"}),),
    phases=(
        Phase(300, (STAMP, Http(path="/search?q={r}", rate=1))),
        Phase(2400, (STAMP, Http(path="/search?q={r}", rate=19))),
    ),
    onset=300,
    settle=600,
)
