"""A relay waits for a slow receiver, and leaves journals open besides."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("downstream-bound",),
        strategies=("decompose", "cache", "optimise-code", "async-io"),
        forbidden=("cluster", "worker-threads", "vertical", "scale-down", "autoscale", "shard", "read-replica"),
        also=("descriptor-exhaustion",),
        second=("descriptor-leak",),
    ),
    reason=(
        "Callers wait 2.5 seconds for a receiver that once took 30 ms, and three journals a second are never "
        "closed, which takes an hour and a half to reach the limit: two faults that have nothing to do with "
        "each other."
    ),
    services=(
        Service(
            script="relay.js",
            environment={"RECEIVER": "http://127.0.0.1:{port:receiver}/", "SPOOL": "{scratch}", "WAITS": "1"},
            descriptors=2048,
        ),
        Service(script="backend.js", name="receiver", telemetry="agent", knobs={"wait_ms": 30}),
    ),
    phases=(
        Phase(300, (Http(path="/events", rate=15, method="POST", body=600),)),
        Phase(
            1200,
            (Http(path="/events", rate=15, method="POST", body=600),),
            knobs={"forgets": 0.2},
            others={"receiver": {"wait_ms": 2500}},
        ),
    ),
    onset=300,
)
