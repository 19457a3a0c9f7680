"""Neighbours on the same machine take both processors."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("host-cpu-saturated",),
        strategies=("relieve-host", "vertical", "load-balance", "autoscale"),
        forbidden=(
            "cluster",
            "worker-threads",
            "raise-limit",
            "tune-heap",
            "scale-down",
            "shard",
            "read-replica",
            "fix-leak",
            "tune-datastore",
        ),
    ),
    reason=(
        "Three neighbours with two busy threads each take both processors from the onset: the service needs 0.16 of a "
        "core as before, yet p50 grows from 6 to 16 ms and p95 from 14 to 42 ms."
    ),
    services=(
        Service(script="recycling.js", knobs={"sort_ms": 5}),
        Service(script="burner.js", name="encoder", knobs={"threads": 2, "share": 0}, telemetry="agent"),
        Service(script="burner.js", name="indexer", knobs={"threads": 2, "share": 0}, telemetry="agent"),
        Service(script="burner.js", name="backup", knobs={"threads": 2, "share": 0}, telemetry="agent"),
    ),
    phases=(
        Phase(300, (Http(path="/bring/{r}", rate=30), Http(path="/takings", rate=5))),
        Phase(
            1200,
            (Http(path="/bring/{r}", rate=30), Http(path="/takings", rate=5)),
            others={"encoder": {"share": 1}, "indexer": {"share": 1}, "backup": {"share": 1}},
        ),
    ),
    onset=300,
    settle=240,
)
