"""Heavy requests, and a slow dependency."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-saturated", "event-loop-blocked"),
        strategies=("worker-threads", "optimise-code", "cluster", "decompose"),
        forbidden=("vertical", "scale-down", "shard", "read-replica", "fix-leak"),
        second=("downstream-bound",),
    ),
    reason=(
        "Each order computes for 75 ms on the loop, eight times a second, and then waits two seconds for another "
        "service."
    ),
    services=(
        Service(script="caller.js", knobs={"cpu_ms": 1}, environment={"UPSTREAM": "http://127.0.0.1:{port:stock}/"}),
        Service(script="dependency.js", name="stock", telemetry="agent", knobs={"wait_ms": 30}),
    ),
    phases=(
        Phase(300, (Http(path="/order", rate=8),)),
        Phase(1200, (Http(path="/order", rate=8),), knobs={"cpu_ms": 75}, others={"stock": {"wait_ms": 2000}}),
    ),
    onset=300,
)
