"""A solver on the same machine takes all processors."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (Http(path="/melts/{r}", rate=40), Http(path="/castings/{r}", rate=30, method="POST", body=100))

case = Case(
    label=Label(
        rules=("host-cpu-saturated",),
        strategies=("relieve-host", "vertical", "load-balance", "autoscale"),
        forbidden=("cluster", "worker-threads", "raise-limit", "fix-leak", "scale-down", "tune-heap", "rebalance"),
    ),
    reason=(
        "A solver with nine threads beside it leaves no processor idle, and the service, which needs a quarter of "
        "one, waits for it: 95 % of its answers take up to 25 ms instead of 10, by no work of its own."
    ),
    services=(
        Service(script="foundry.js"),
        Service(script="foundry_solver.js", name="solver", telemetry="agent"),
    ),
    phases=(Phase(300, LOAD), Phase(1200, LOAD, others={"solver": {"threads": 9}})),
    onset=300,
    settle=300,
)
