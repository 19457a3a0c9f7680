"""Thumbnails are compressed by a thread pool that was set to one thread."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("thread-pool-saturated",),
        strategies=("raise-limit", "worker-threads", "cluster", "load-balance", "autoscale", "decompose"),
        forbidden=("scale-down", "fix-leak", "shard", "read-replica", "tune-datastore"),
    ),
    reason=(
        "Compression takes tens of milliseconds in the only thread of the pool, which is busy nearly all the "
        "time: thumbnails queue for it while the loop is idle."
    ),
    services=(Service(script="thumbs.js", environment={"UV_THREADPOOL_SIZE": "1", "SIDE": "1024"}),),
    phases=(
        Phase(300, (Http(path="/pictures/{r}/thumbnail", rate=5), Http(path="/pictures/{r}", rate=10))),
        Phase(900, (Http(path="/pictures/{r}/thumbnail", rate=31), Http(path="/pictures/{r}", rate=10))),
    ),
    onset=300,
)
