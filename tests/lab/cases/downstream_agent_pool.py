"""The HTTP agent has too few sockets."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("downstream-bound",),
        strategies=("raise-limit", "tune-datastore", "cache"),
        forbidden=(
            "cluster",
            "autoscale",
            "load-balance",
            "vertical",
            "worker-threads",
            "scale-down",
            "shard",
            "fix-leak",
        ),
    ),
    reason=(
        "Two sockets and 90 ms for each call make 22 a second, and 30 are asked for, while the other service "
        "could take thousands."
    ),
    services=(
        Service(
            script="caller.js",
            knobs={"cpu_ms": 1, "sockets": 2},
            environment={"UPSTREAM": "http://127.0.0.1:{port:stock}/"},
        ),
        Service(script="dependency.js", name="stock", telemetry="agent", knobs={"wait_ms": 10}),
    ),
    phases=(
        Phase(300, (Http(path="/order", rate=30),)),
        Phase(900, (Http(path="/order", rate=30),), others={"stock": {"wait_ms": 90}}),
    ),
    onset=300,
    light=True,
)
