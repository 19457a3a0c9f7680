"""A day with several releases at a print shop."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("dropped-at-deploy",),
        strategies=("graceful-shutdown",),
        forbidden=("vertical", "worker-threads", "scale-down", "raise-limit", "fix-leak", "tune-heap", "shard"),
    ),
    reason=(
        "At SIGTERM the service hands over its journal and exits at once, so each of four deploys breaks the 30 "
        "orders that are waiting for the printer's queue and those that come before the new process listens: 129 "
        "of 6,013, none of them in the five minutes without deploys."
    ),
    services=(Service(script="print_kiosk.js"),),
    phases=(
        Phase(300, (Http(path="/orders", rate=25, method="POST", body=400),)),
        Phase(2400, (Http(path="/orders", rate=25, method="POST", body=400),), deploys=4),
    ),
    onset=780,
    light=True,
)
