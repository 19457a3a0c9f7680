"""The rules of the new season all but fill the heap, and the bank that takes the money answers slowly."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("memory-pressure",),
        strategies=("tune-heap", "vertical", "optimise-code", "decompose"),
        forbidden=(
            "worker-threads",
            "scale-down",
            "raise-limit",
            "websocket-scale-out",
            "rebalance",
            "fix-leak",
            "read-replica",
        ),
        also=("gc-pressure",),
        second=("downstream-bound",),
    ),
    reason=(
        "The new season fills the heap to about 248 of 275 MB that it may have (45 MB before), of which nothing is "
        "garbage, so one more parcel ends the process; beside it each licence waits 0.9 s (0.06 before) for a bank "
        "that has become slow."
    ),
    services=(
        Service(
            script="fishing.js",
            knobs={"waters": 1500},
            environment={"BANK": "http://127.0.0.1:{port:bank}/"},
            node=("--max-old-space-size=256", "--max-semi-space-size=2"),
        ),
        Service(script="dependency.js", name="bank", knobs={"wait_ms": 60}, telemetry="agent"),
    ),
    phases=(
        Phase(300, (Http(path="/waters/{r}", rate=6), Http(path="/licences/{r}", rate=6))),
        Phase(
            1500,
            (Http(path="/waters/{r}", rate=6), Http(path="/licences/{r}", rate=6)),
            knobs={"waters": 10300},
            others={"bank": {"wait_ms": 900}},
        ),
    ),
    onset=300,
    light=True,
)
