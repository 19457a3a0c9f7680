"""A gateway asks three services at once, and one of them has become slow."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("downstream-bound",),
        strategies=("cache", "decompose", "optimise-code", "tune-datastore"),
        forbidden=("cluster", "worker-threads", "vertical", "autoscale", "scale-down", "fix-leak", "tune-heap"),
    ),
    reason=(
        "The reviews answer after 1.6 seconds instead of 25 ms, each answer of the gateway waits for them, "
        "and the gateway itself is idle."
    ),
    services=(
        Service(
            script="graph.js",
            environment={
                "CATALOGUE": "http://127.0.0.1:{port:catalogue}",
                "REVIEWS": "http://127.0.0.1:{port:reviews}",
            },
        ),
        Service(script="backend.js", name="catalogue", telemetry="agent", knobs={"wait_ms": 15}),
        Service(script="backend.js", name="reviews", telemetry="agent", knobs={"wait_ms": 25}),
    ),
    phases=(
        Phase(300, (Http(path="/graph/products/{r}", rate=25),)),
        Phase(900, (Http(path="/graph/products/{r}", rate=25),), others={"reviews": {"wait_ms": 1600}}),
    ),
    onset=300,
)
