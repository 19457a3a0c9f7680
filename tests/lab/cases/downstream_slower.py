"""What a service depends on becomes very slow."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("downstream-bound",),
        strategies=("cache", "tune-datastore", "decompose", "async-io"),
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
    reason="The other service takes 4 s instead of 30 ms for each answer, while this one's loop and processor idle.",
    services=(
        Service(script="caller.js", knobs={"cpu_ms": 1}, environment={"UPSTREAM": "http://127.0.0.1:{port:stock}/"}),
        Service(script="dependency.js", name="stock", telemetry="agent", knobs={"wait_ms": 30}),
    ),
    phases=(
        Phase(300, (Http(path="/order", rate=30),)),
        Phase(900, (Http(path="/order", rate=30),), others={"stock": {"wait_ms": 4000}}),
    ),
    onset=300,
    light=True,
)
