"""A grain elevator packs its ledger synchronously, and its prices wait for an exchange that became slow."""

from tests.lab.case import Case, Http, Label, Phase, Service

QUIET = (Http(path="/deliveries/{n}", method="POST", body=150, rate=8), Http(path="/prices/{n}", rate=6))

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("async-io", "worker-threads", "stream-paginate", "optimise-code", "decompose", "cache"),
        forbidden=("vertical", "raise-limit", "scale-down", "shard", "read-replica", "fix-leak", "tune-heap"),
        second=("downstream-bound",),
    ),
    reason=(
        "Each ledger, one in three seconds, is joined and packed in a single go of 0.35 s, which holds up a loop "
        "that is 12 % busy, so lorries that were taken in within 3 ms at p99 need 0.3 s; besides, the exchange "
        "answers prices in 1.2 s instead of 0.015, for which nearly half of all requests wait."
    ),
    services=(
        Service(
            script="grain_elevator.js",
            environment={"EXCHANGE": "http://127.0.0.1:{port:exchange}"},
            telemetry="sdk",
        ),
        Service(script="dependency.js", name="exchange", knobs={"wait_ms": 15}),
    ),
    phases=(
        Phase(300, QUIET),
        Phase(1200, (*QUIET, Http(path="/ledger", rate=0.3)), others={"exchange": {"wait_ms": 1200}}),
    ),
    onset=300,
    light=True,
)
