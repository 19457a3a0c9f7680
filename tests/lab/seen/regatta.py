"""Nearly as many spectators as the process may hold, and standings that stop them all."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service, Sockets

case = Case(
    label=Label(
        rules=("websocket-capacity",),
        strategies=("websocket-scale-out", "raise-limit", "cluster", "load-balance", "autoscale", "worker-threads"),
        forbidden=("vertical", "scale-down", "fix-leak", "tune-heap", "rebalance", "read-replica"),
        also=("descriptor-exhaustion",),
        second=("event-loop-blocked",),
    ),
    reason=(
        "950 spectators leave 50 of the 1,024 descriptors, where 200 were before, and the standings, which took 2 ms, "
        "now stop all of them for half a second out of every eight."
    ),
    services=(Service(script="regatta.js", descriptors=1024),),
    phases=(
        Phase(300, (Sockets(count=200, ramp=100, sends=0.05), Http(path="/", rate=3))),
        Phase(1200, (Sockets(count=950, ramp=150, sends=0.05), Http(path="/", rate=3)), knobs={"rank_ms": 500}),
    ),
    onset=300,
    light=True,
)
