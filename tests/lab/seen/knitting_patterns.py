"""A site of knitting patterns lets its visitors print charts."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

PAGES = (Http(path="/patterns/{r}", rate=16), Http(path="/yarns", rate=3))

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("worker-threads", "optimise-code", "decompose"),
        forbidden=("vertical", "scale-down", "fix-leak", "raise-limit", "shard", "async-io", "tune-heap"),
    ),
    reason=(
        "A chart is drawn in one piece of 360 ms, 0.7 times a second, and holds up 19 light requests a second "
        "whose slowest twentieth goes from 8 to 350 ms, while the loop is 22 % busy."
    ),
    services=(Service(script="knitting.js", telemetry="prom"),),
    phases=(
        Phase(300, PAGES),
        Phase(1200, (*PAGES, Http(path="/patterns/{r}/chart", rate=0.7))),
    ),
    onset=300,
)
