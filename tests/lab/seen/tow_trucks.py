"""Four connections to the insurer are too few for what asks through them."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("downstream-bound",),
        strategies=("raise-limit", "tune-datastore", "cache"),
        forbidden=(
            "vertical",
            "worker-threads",
            "scale-down",
            "shard",
            "fix-leak",
            "tune-heap",
            "optimise-code",
            "websocket-scale-out",
        ),
    ),
    reason=(
        "Four connections of 150 ms each are 26 answers a second and 25 are asked for, so p95 grows from 0.16 to "
        "between 0.4 and 0.9 s while the insurer has places free and the loop is 6 % busy."
    ),
    services=(
        Service(
            script="tow_trucks.js",
            knobs={"connections": 4},
            environment={"INSURER": "http://127.0.0.1:{port:insurer}"},
            telemetry="sdk",
        ),
        Service(script="dependency.js", name="insurer", knobs={"wait_ms": 150}, telemetry="agent"),
    ),
    phases=(
        Phase(300, (Http(path="/breakdowns/{r}", rate=6), Http(path="/trucks", rate=2))),
        Phase(1200, (Http(path="/breakdowns/{r}", rate=25), Http(path="/trucks", rate=2))),
    ),
    onset=300,
    light=True,
)
