"""The partner that knows the rooms becomes slow."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (Http(path="/offer/{n}", rate=22), Http(path="/hotels", rate=8))

case = Case(
    label=Label(
        rules=("downstream-bound",),
        strategies=("cache", "async-io", "decompose", "tune-datastore", "optimise-code"),
        forbidden=(
            "cluster",
            "autoscale",
            "load-balance",
            "vertical",
            "worker-threads",
            "scale-down",
            "shard",
            "fix-leak",
            "tune-heap",
        ),
    ),
    reason=(
        "Each of the partner's two answers takes 1 s instead of 40 ms, so offers come after 2.3 s at p95 instead "
        "of 0.1, while the gateway's own loop is 8 % busy."
    ),
    services=(
        Service(
            script="booking_gateway.js", environment={"PARTNER": "http://127.0.0.1:{port:partner}"}, telemetry="sdk"
        ),
        Service(script="partner.js", name="partner", telemetry="agent", knobs={"wait_ms": 40}),
    ),
    phases=(
        Phase(300, LOAD),
        Phase(900, LOAD, others={"partner": {"wait_ms": 1000}}),
    ),
    onset=300,
    light=True,
)
