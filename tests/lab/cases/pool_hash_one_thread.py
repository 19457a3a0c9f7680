"""Somebody set UV_THREADPOOL_SIZE to 1."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("thread-pool-saturated",),
        strategies=("raise-limit", "async-io", "cluster", "load-balance", "cache"),
        forbidden=("vertical", "scale-down", "shard", "read-replica", "fix-leak", "websocket-scale-out"),
    ),
    reason=(
        "All hashes go through one thread, which is busy all the time beside an idle core, because the pool was "
        "set to one thread."
    ),
    services=(Service(script="pool.js", knobs={"rounds": 40000}, environment={"UV_THREADPOOL_SIZE": "1"}),),
    phases=(
        Phase(300, (Http(path="/hash", rate=4), Http(path="/light", rate=10))),
        Phase(900, (Http(path="/hash", rate=125), Http(path="/light", rate=10))),
    ),
    onset=300,
)
