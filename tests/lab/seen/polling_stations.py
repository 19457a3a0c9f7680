"""So many wait for counts that files and sockets come to their limit."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("descriptor-exhaustion",),
        strategies=("raise-limit", "cluster", "load-balance", "autoscale", "optimise-code"),
        forbidden=("vertical", "worker-threads", "scale-down", "fix-leak", "tune-heap", "async-io", "rebalance"),
    ),
    reason=(
        "Each of 13.5 requests a second holds a socket and a file for 8 s, 216 descriptors and more beside the "
        "process's own, of 256 that are allowed, so that some are refused at times; at 3 a second it is 75."
    ),
    services=(Service(script="polling_stations.js", descriptors=256),),
    phases=(
        Phase(300, (Http(path="/next/{r}", rate=3, timeout=20), Http(path="/station/{r}", rate=4))),
        Phase(1200, (Http(path="/next/{r}", rate=13.5, timeout=20), Http(path="/station/{r}", rate=4))),
    ),
    onset=300,
    light=True,
)
