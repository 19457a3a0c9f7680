"""Logins take a while because their hash is slow on purpose."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Six logins a second need a third of a core in a pool of four threads that has room, each takes its "
        "60 ms as intended, and session checks are quick."
    ),
    services=(Service(script="auth.js"),),
    phases=(Phase(1200, (Http(path="/login", rate=6, method="POST", body=100), Http(path="/me", rate=30))),),
)
