"""A passport is signed in one go while all others wait."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LIGHT = (Http(path="/wheels/{r}", rate=8), Http(path="/wheels/{r}/turn", rate=3, method="POST"))

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("worker-threads", "async-io", "optimise-code", "decompose", "cache", "stream-paginate"),
        forbidden=("vertical", "raise-limit", "shard", "scale-down", "fix-leak", "rebalance", "websocket-scale-out"),
    ),
    reason=(
        "A passport keeps the loop for 450 ms once in four seconds, so one request in ten waits for it, up to 450 ms "
        "instead of 1, on a loop that has nine tenths of its time otherwise."
    ),
    services=(Service(script="cheese_cellar.js", telemetry="sdk"),),
    phases=(Phase(300, LIGHT), Phase(1200, (*LIGHT, Http(path="/batches/{r}/passport", rate=0.25)))),
    onset=300,
    light=True,
)
