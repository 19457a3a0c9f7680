"""A large export is serialised in the loop."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("stream-paginate", "worker-threads", "optimise-code", "decompose", "cache"),
        forbidden=("vertical", "raise-limit", "websocket-scale-out", "scale-down", "shard", "read-replica", "fix-leak"),
    ),
    reason=(
        "JSON.stringify of 300,000 rows takes a tenth of a second and more, again and again, on the loop that "
        "answers everybody."
    ),
    services=(Service(script="blocking.js", knobs={"habit": "json", "rows": 300000}),),
    phases=(
        Phase(300, (Http(path="/light", rate=10),)),
        Phase(900, (Http(path="/light", rate=10), Http(path="/heavy", rate=2.0))),
    ),
    onset=300,
)
