"""What a service depends on takes too few at a time."""

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
    reason=(
        "The other service takes 4 requests at a time of 150 ms each, so it serves 27 a second, and 40 are asked "
        "for: a queue grows there."
    ),
    services=(
        Service(script="caller.js", knobs={"cpu_ms": 1}, environment={"UPSTREAM": "http://127.0.0.1:{port:stock}/"}),
        Service(script="dependency.js", name="stock", telemetry="agent", knobs={"wait_ms": 30}),
    ),
    phases=(
        Phase(300, (Http(path="/order", rate=40),)),
        Phase(900, (Http(path="/order", rate=40),), others={"stock": {"wait_ms": 150, "places": 4}}),
    ),
    onset=300,
    light=True,
)
