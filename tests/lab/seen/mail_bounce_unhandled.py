"""An exchanger sends bounces without a recipient, and nobody catches what that leads to."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

SEND = Http(path="/send/{n}", rate=8)

case = Case(
    label=Label(
        rules=("crash-loop",),
        strategies=("fix-crash",),
        forbidden=(
            "vertical",
            "scale-down",
            "shard",
            "tune-heap",
            "fix-leak",
            "worker-threads",
            "raise-limit",
            "cache",
        ),
    ),
    reason=(
        "A bounce without a recipient rejects a promise that nobody handles, which ends the process about once in "
        "100 model seconds; a supervisor starts it again each time."
    ),
    services=(
        Service(
            script="mail_sender.js", knobs={"session_s": 2}, environment={"EXCHANGER": "{port:exchanger}"}, revive=True
        ),
        Service(script="mail_exchanger.js", name="exchanger", telemetry="agent"),
    ),
    phases=(
        Phase(300, (SEND, Http(path="/bounce?recipient=A@example.org", rate=1))),
        Phase(900, (SEND, Http(path="/bounce?recipient=A@example.org", rate=1), Http(path="/bounce", rate=0.1))),
    ),
    onset=300,
)
