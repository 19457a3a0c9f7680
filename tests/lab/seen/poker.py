"""Players fill what may be open at once, and their ranking stops the loop each few seconds."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service, Sockets

case = Case(
    label=Label(
        rules=("websocket-capacity",),
        strategies=("websocket-scale-out", "raise-limit", "load-balance", "cluster", "autoscale"),
        forbidden=("fix-leak", "vertical", "scale-down", "shard", "read-replica", "tune-datastore", "tune-heap"),
        also=("descriptor-exhaustion",),
        second=("event-loop-blocked",),
    ),
    reason=(
        "645 players hold some 675 of 700 descriptors (172 before), so 25 more are all that can come, at next to no "
        "CPU; beside it the ranking stops the loop for 320 ms each three seconds since the onset."
    ),
    services=(Service(script="poker.js", descriptors=700),),
    phases=(
        Phase(300, (Sockets(count=150, ramp=120, sends=0.02, size=40, path="/table"), Http(path="/standings", rate=2))),
        Phase(
            1500,
            (Sockets(count=645, ramp=300, sends=0.02, size=40, path="/table"), Http(path="/standings", rate=2)),
            knobs={"rank_ms": 320},
        ),
    ),
    onset=300,
    light=True,
)
