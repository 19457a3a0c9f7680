"""A campaign opens more sessions at once than the process may have descriptors."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("descriptor-exhaustion",),
        strategies=("raise-limit", "load-balance", "autoscale", "cluster", "optimise-code"),
        forbidden=("vertical", "worker-threads", "scale-down", "fix-leak", "tune-heap", "read-replica", "cache"),
    ),
    reason=(
        "36 mails a second keep a spool file and a session for 4 s each, 288 descriptors beside some 20 others of "
        "the 300 allowed: one mail in ten fails with EMFILE, and all that was opened is closed again."
    ),
    services=(
        Service(
            script="mail_sender.js",
            knobs={"session_s": 4},
            environment={"EXCHANGER": "{port:exchanger}"},
            telemetry="agent",
            descriptors=300,
        ),
        Service(script="mail_exchanger.js", name="exchanger", telemetry="agent"),
    ),
    phases=(
        Phase(300, (Http(path="/send/{n}", rate=5),)),
        Phase(900, (Http(path="/send/{n}", rate=36),)),
    ),
    onset=300,
    light=True,
)
