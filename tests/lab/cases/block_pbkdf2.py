"""Passwords are hashed synchronously."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("async-io", "worker-threads", "optimise-code"),
        forbidden=("vertical", "raise-limit", "websocket-scale-out", "scale-down", "shard", "read-replica", "fix-leak"),
    ),
    reason="pbkdf2Sync computes on the loop although Node.js has an asynchronous one that uses another thread.",
    services=(Service(script="blocking.js", knobs={"habit": "pbkdf2", "rounds": 1200000}),),
    phases=(
        Phase(300, (Http(path="/light", rate=10),)),
        Phase(900, (Http(path="/light", rate=10), Http(path="/heavy", rate=0.6))),
    ),
    onset=300,
)
