"""Releases at a library, one desk after another."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "At SIGTERM a copy sends its clients elsewhere for 1.5 s, finishes what is under way and leaves in less "
        "than 2 s, one copy after the other, so four deploys break none of 3,585 loans and p95 stays at 305 ms, "
        "of which 300 are a wait by design."
    ),
    services=(Service(script="library_loans.js", copies=2),),
    phases=(
        Phase(300, (Http(path="/loans/{n}", rate=15),)),
        Phase(2400, (Http(path="/loans/{n}", rate=15),), deploys=4),
    ),
    light=True,
)
