"""A log collector meets lines of a new appliance that its expression cannot cut."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("optimise-code", "worker-threads", "decompose"),
        forbidden=("scale-down", "shard", "read-replica", "fix-leak", "tune-heap", "raise-limit", "cache", "vertical"),
    ),
    reason=(
        "One odd line a second makes a regular expression backtrack for 0.2 to 1.9 s, so other batches come after "
        "1 s at p95 instead of 2 ms, though the loop is only a quarter busy."
    ),
    services=(Service(script="log_collector.js", knobs={"letters": 25}, telemetry="prom"),),
    phases=(
        Phase(300, (Http(path="/batch/syslog", rate=30),)),
        Phase(900, (Http(path="/batch/syslog", rate=30), Http(path="/batch/appliance", rate=1))),
    ),
    onset=300,
)
