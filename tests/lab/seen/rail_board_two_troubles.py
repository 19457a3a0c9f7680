"""A departure board waits for its operator, and somebody takes the whole timetable again and again."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (Http(path="/board/{r}", rate=8), Http(path="/stations", rate=12))

case = Case(
    label=Label(
        rules=("downstream-bound",),
        second=("event-loop-blocked",),
        strategies=(
            "cache",
            "decompose",
            "async-io",
            "tune-datastore",
            "optimise-code",
            "worker-threads",
            "stream-paginate",
            "raise-limit",
        ),
        forbidden=("vertical", "scale-down", "shard", "fix-leak", "tune-heap"),
    ),
    reason=(
        "The operator takes 0.9 s instead of 40 ms and its eight connections queue up, so boards come after 2.4 s "
        "at p95; beside that 0.8 timetables a second hold the loop for 0.35 s each, and stations come after 0.3 s "
        "instead of 3 ms."
    ),
    services=(
        Service(script="rail_board.js", environment={"OPERATOR": "http://127.0.0.1:{port:operator}"}),
        Service(script="partner.js", name="operator", telemetry="agent", knobs={"wait_ms": 40}),
    ),
    phases=(
        Phase(300, LOAD),
        Phase(900, (*LOAD, Http(path="/timetable", rate=0.8)), others={"operator": {"wait_ms": 900}}),
    ),
    onset=300,
)
