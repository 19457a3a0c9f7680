"""Reads of a slow storage fill libuv's four threads."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Remedy, Service

case = Case(
    label=Label(
        rules=("thread-pool-saturated",),
        strategies=("raise-limit", "async-io", "cluster", "load-balance", "cache"),
        forbidden=("vertical", "scale-down", "shard", "read-replica", "fix-leak", "websocket-scale-out"),
    ),
    reason=(
        "Four threads each wait 100 ms on average for a file, which is 40 a second, and 38 are asked for, so most "
        "wait; the processor idles."
    ),
    services=(Service(script="pool.js", knobs={"slow_ms": 200}),),
    phases=(
        Phase(300, (Http(path="/file", rate=5), Http(path="/light", rate=10))),
        Phase(900, (Http(path="/file", rate=38), Http(path="/light", rate=10))),
    ),
    onset=300,
    remedy=Remedy(
        strategy="async-io",
        service=Service(script="pool.js", knobs={"slow_ms": 200}, environment={"UV_THREADPOOL_SIZE": "16"}),
    ),
)
