"""Crosswords for a school's project week, from a small container."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("host-cpu-saturated",),
        strategies=("vertical", "autoscale", "load-balance", "optimise-code"),
        forbidden=("cluster", "worker-threads", "async-io", "scale-down", "fix-leak", "raise-limit"),
        also=("event-loop-saturated",),
    ),
    reason=(
        "The container may use half a core and the crosswords ask for 0.7, so it is held back in 852 of 1,211 "
        "periods, uses all of its 0.50 cores, half of the answers take 630 ms instead of 18, and more than a "
        "quarter get none in 10 s, while the host has cores left."
    ),
    services=(Service(script="crossword_maker.js", telemetry="agent", cores=0.5),),
    phases=(
        Phase(300, (Http(path="/crossword?seed={n}", rate=15),)),
        Phase(900, (Http(path="/crossword?seed={n}", rate=75),)),
    ),
    onset=300,
)
