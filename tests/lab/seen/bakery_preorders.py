"""A bakery takes orders for tomorrow; its shops begin to print labels on the day that the mill moves its service."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (
    Http(path="/loaves/{r}", rate=12),
    Http(path="/loaves", rate=6),
    Http(path="/orders/{r}", method="POST", rate=2),
)

case = Case(
    label=Label(
        rules=("event-loop-blocked", "downstream-bound"),
        strategies=("worker-threads", "optimise-code", "decompose", "cache"),
        forbidden=("vertical", "scale-down", "fix-leak", "raise-limit", "tune-heap", "shard", "read-replica"),
        second=("downstream-bound",),
    ),
    reason=(
        "A label is drawn in one piece of 400 ms every fourth second and holds up all light requests, at a loop "
        "that is 15 % busy; beside it the mill's service answers after 1.3 s instead of 30 ms, and each look at a "
        "loaf waits for it."
    ),
    services=(
        Service(script="bakery.js", environment={"MILL": "http://127.0.0.1:{port:mill}"}),
        Service(script="rooms.js", name="mill", telemetry="agent", knobs={"answer_ms": 30}),
    ),
    phases=(
        Phase(300, LOAD),
        Phase(1500, (*LOAD, Http(path="/labels/{r}", rate=0.25)), others={"mill": {"answer_ms": 1300}}),
    ),
    onset=300,
    light=True,
)
