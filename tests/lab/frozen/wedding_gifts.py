"""The guests of one great wedding are all sent to the same copy."""

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("uneven-load",),
        strategies=("rebalance", "load-balance", "decompose"),
        forbidden=("vertical", "scale-down", "fix-leak", "tune-heap", "raise-limit", "websocket-scale-out", "async-io"),
        also=("event-loop-saturated",),
    ),
    reason=(
        "The balancer sends all guests of one wedding to the first copy, 118 requests a second of 6 ms, while the "
        "two others get 18 each: its loop is 75 to 80 % busy, theirs 13 %, and all three together could carry the "
        "same load at 35 % each."
    ),
    services=(Service(script="wedding_gifts.js", copies=3),),
    phases=(
        Phase(300, (Http(path="/lists/{r}", rate=54), Http(path="/lists/{r}/gifts", method="POST", body=60, rate=6))),
        Phase(
            1200,
            (
                Http(path="/lists/7", rate=118, copy=0),
                Http(path="/lists/{r}", rate=16, copy=1),
                Http(path="/lists/{r}", rate=16, copy=2),
                Http(path="/lists/{r}/gifts", method="POST", body=60, rate=6),
            ),
        ),
    ),
    onset=300,
)
