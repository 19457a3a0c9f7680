"""A chain of pharmacies checks prescriptions with a partner, and more counters open."""

from __future__ import annotations

from tests.lab.case import Cannon, Case, Http, Label, Phase, Service

FRONT = (Http(path="/opening", rate=6), Http(path="/served", rate=1))

case = Case(
    label=Label(
        rules=("downstream-bound",),
        strategies=("tune-datastore", "raise-limit", "cache", "async-io"),
        forbidden=("vertical", "worker-threads", "scale-down", "fix-leak", "tune-heap"),
    ),
    reason=(
        "Two connections to a partner that answers in 110 ms carry nine prescriptions of two questions a second, "
        "and 22 counters ask at once, so a prescription takes 2.4 s instead of 0.23 s, nearly all of it in the "
        "queue for a connection, while loop and processor are 4 % busy."
    ),
    services=(
        Service(script="pharmacy.js", environment={"PARTNER": "http://127.0.0.1:{port:partner}"}),
        Service(script="rooms.js", name="partner", telemetry="agent", knobs={"answer_ms": 110}),
    ),
    phases=(
        Phase(300, (*FRONT, Http(path="/prescriptions/{r}", rate=2))),
        Phase(1500, (*FRONT, Cannon(path="/prescriptions/17", connections=22))),
    ),
    onset=300,
    light=True,
)
