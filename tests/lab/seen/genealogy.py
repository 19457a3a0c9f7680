"""A site of family trees keeps more of them at hand than before."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (Http(path="/trees/{r}", rate=4), Http(path="/surnames", rate=4))
FLAGS = ("--max-old-space-size=200", "--max-semi-space-size=2")

case = Case(
    label=Label(
        rules=("memory-pressure",),
        strategies=("tune-heap", "optimise-code", "stream-paginate"),
        forbidden=("cluster", "worker-threads", "scale-down", "raise-limit", "fix-leak", "async-io", "read-replica"),
        also=("gc-pressure",),
    ),
    reason=(
        "The 190 trees that are kept now instead of 50 fill about 180 of the heap's 206 MB for good, so little is "
        "left for anything else; nothing leaks, as their number is bounded, and the machine has memory to spare."
    ),
    services=(Service(script="genealogy.js", telemetry="sdk", knobs={"trees": 50}, node=FLAGS, revive=True),),
    phases=(Phase(400, LOAD), Phase(2400, LOAD, knobs={"trees": 190})),
    onset=800,
    light=True,
)
