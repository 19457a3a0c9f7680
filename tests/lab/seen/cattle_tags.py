"""Herds move animal by animal, and each move waits for a flush of the log."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

TAG = Http(path="/tags/{r}", rate=4)

case = Case(
    label=Label(
        rules=("datastore-write-bound",),
        strategies=("tune-datastore", "optimise-code", "shard", "vertical"),
        forbidden=("cluster", "autoscale", "worker-threads", "scale-down", "fix-leak", "read-replica", "cache"),
        also=("downstream-bound",),
    ),
    reason=(
        "Herds of 25 instead of 2 animals make 575 commits a second, of which sixteen sessions can do some 610 at 25 "
        "ms a flush: 11 to 15 of them wait for the log (WALWrite) at any time, and a move takes 0.7 to 1.1 s instead "
        "of 0.05, while the processors idle."
    ),
    services=(Service(script="cattle_tags.js", environment={"DATABASE_URL": "{postgresql}"}),),
    phases=(
        Phase(300, (TAG, Http(path="/herds/moves", rate=1, method="POST", body=100))),
        Phase(2400, (TAG, Http(path="/herds/moves", rate=23, method="POST", body=100)), knobs={"animals": 25}),
    ),
    onset=300,
    settle=300,
)
