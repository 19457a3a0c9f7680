"""The two dozen viewers of a clinic page through scans."""

from __future__ import annotations

from tests.lab.case import Cannon, Case, Http, Label, Phase, Service

DESK = (Http(path="/patients/{r}", rate=6), Http(path="/patients?first={r}", rate=1))

case = Case(
    label=Label(
        rules=("thread-pool-saturated",),
        strategies=("async-io", "cluster", "load-balance", "cache"),
        forbidden=("vertical", "worker-threads", "scale-down", "fix-leak", "raise-limit", "tune-heap", "shard"),
    ),
    reason=(
        "26 readers wait for four threads of libuv, each of which a scan from the shared storage holds for 230 "
        "ms, so a scan takes 1.5 s instead of 0.27 s, while loop and processor are 2 % busy and the storage "
        "serves any number side by side."
    ),
    services=(Service(script="dental.js"),),
    phases=(
        Phase(300, (*DESK, Http(path="/scans/{r}", rate=4))),
        Phase(1200, (*DESK, Cannon(path="/scans/7", connections=26))),
    ),
    onset=300,
    light=True,
)
