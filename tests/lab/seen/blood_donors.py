"""Donations are registered on two copies; a page of matches is opened, and four new versions are rolled out."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (Http(path="/donations/{r}", method="POST", rate=36), Http(path="/stock", rate=5))

case = Case(
    label=Label(
        rules=("dropped-at-deploy", "event-loop-blocked"),
        strategies=("graceful-shutdown", "worker-threads", "optimise-code", "decompose"),
        forbidden=("vertical", "scale-down", "raise-limit", "fix-leak", "shard", "tune-heap", "read-replica"),
        second=("event-loop-blocked",),
    ),
    reason=(
        "At SIGTERM both copies leave at once, and each deploy breaks the dozen donations that each had under "
        "way; beside it, from the onset on, a page of matches is computed in one piece of 450 ms every fourth "
        "second and holds up all else."
    ),
    services=(Service(script="donors.js", copies=2),),
    phases=(
        Phase(300, LOAD),
        Phase(2400, (*LOAD, Http(path="/matches", rate=0.25)), deploys=4),
    ),
    onset=300,
    light=True,
)
