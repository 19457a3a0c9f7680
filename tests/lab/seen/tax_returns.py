"""Returns wait for six connections, and deploys cut off those that wait."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("downstream-bound",),
        strategies=("raise-limit", "tune-datastore", "cache", "decompose", "graceful-shutdown"),
        forbidden=("vertical", "worker-threads", "scale-down", "fix-leak", "shard", "read-replica", "tune-heap"),
        second=("dropped-at-deploy",),
    ),
    reason=(
        "Six connections of 350 ms each carry 17 returns a second and 18 are sent, so they take 0.6 to 1.3 s while "
        "the loop and the revenue idle; and each deploy cuts off the dozen or more that are under way."
    ),
    services=(
        Service(script="tax_returns.js", environment={"REVENUE": "http://127.0.0.1:{port:revenue}"}),
        Service(script="tax_returns_revenue.js", name="revenue", telemetry="agent"),
    ),
    phases=(
        Phase(300, (Http(path="/returns", rate=4, method="POST", body=200), Http(path="/returns/latest", rate=3))),
        Phase(
            1200,
            (Http(path="/returns", rate=18, method="POST", body=200), Http(path="/returns/latest", rate=3)),
            deploys=4,
        ),
    ),
    onset=300,
    light=True,
)
