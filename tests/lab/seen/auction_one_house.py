"""An auction house sends nearly all bids over one connection, which one worker of three owns."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("uneven-load",),
        strategies=("rebalance", "load-balance"),
        forbidden=("vertical", "scale-down", "fix-leak", "tune-heap", "raise-limit", "read-replica", "autoscale"),
        also=("event-loop-saturated",),
    ),
    reason=(
        "One connection carries four fifths of the bids, so the worker that owns it computes for 0.79 of a core "
        "while the two others are at 0.08 each."
    ),
    services=(Service(script="auction.js", knobs={"rules_ms": 7}, workers=3),),
    phases=(
        Phase(300, (Http(path="/bid/{r}", rate=60, method="POST"),)),
        Phase(900, (Http(path="/bid/{r}", rate=130, method="POST", connections=9, skew=0.8),)),
    ),
    onset=300,
)
