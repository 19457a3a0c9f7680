"""Passengers who wait for news of their ferry, and some who put the phone away."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "A client is answered when there is news of its pier, every 5 s, so answers take 2.1 s at p50 by design, "
        "a fifth of the clients leave before that as passengers do, nobody else goes unanswered, some 100 sockets "
        "are open, and the loop is 2 % busy."
    ),
    services=(Service(script="ferry_departures.js"),),
    phases=(
        Phase(300, (Http(path="/piers/{r}/next", rate=15, aborts=0.1, patience=1.5, timeout=20),)),
        Phase(1200, (Http(path="/piers/{r}/next", rate=45, aborts=0.3, patience=1.5, timeout=20),)),
    ),
    light=True,
)
