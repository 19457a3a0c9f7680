"""Addresses that a form cannot make sense of."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("optimise-code", "worker-threads"),
        forbidden=("vertical", "scale-down", "fix-leak", "raise-limit", "tune-datastore", "read-replica"),
    ),
    reason=(
        "An address without an @ sends the check's regular expression into backtracking for 240 to 420 ms, 40 "
        "times a minute, and p95 of the light pages beside it goes from 4 to 220 ms while the loop is only 22 % "
        "busy."
    ),
    services=(Service(script="newsletter_signup.js"),),
    phases=(
        Phase(
            300,
            (
                Http(path="/lists/garden", rate=30),
                Http(path="/lists/garden/check?address=jo.miller{n}@example.org", rate=3),
            ),
        ),
        Phase(
            900,
            (
                Http(path="/lists/garden", rate=30),
                Http(path="/lists/garden/check?address=jo.miller{n}@example.org", rate=3),
                Http(path="/lists/garden/check?address=johannamillerfromthevillagehq", rate=0.6),
            ),
        ),
    ),
    onset=300,
)
