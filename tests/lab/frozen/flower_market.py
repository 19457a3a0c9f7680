"""Processes of a flower market end in order after so many requests, and fresh ones take their place."""

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Each of three processes ends by itself, with 0, after some 250 requests, takes no new connection, "
        "answers what it has, and is started again: one such end in 25 seconds, 1,512 requests of 1,512 answered, "
        "p99 4 ms, so nothing crashes and nothing is lost."
    ),
    services=(Service(script="flower_market.js", copies=3, revive=True, knobs={"max_requests": 250}),),
    phases=(Phase(1500, (Http(path="/prices/{r}", rate=15),)),),
    light=True,
)
