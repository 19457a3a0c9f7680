"""An API of many tenants has too few connections to its database."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("downstream-bound",),
        strategies=(
            "raise-limit",
            "tune-datastore",
            "cache",
            "optimise-code",
            "cluster",
            "load-balance",
            "read-replica",
        ),
        forbidden=("worker-threads", "vertical", "scale-down", "shard", "fix-leak", "tune-heap"),
    ),
    reason=(
        "Each report holds one of four connections for 80 ms, so 50 a second is all they can do; 49 are asked "
        "for, and they wait for a connection while database and process are idle."
    ),
    services=(Service(script="tenancy.js", environment={"DATABASE": "{postgresql}", "CONNECTIONS": "4"}),),
    phases=(
        Phase(300, (Http(path="/tenants/{r}/report", rate=15),)),
        Phase(900, (Http(path="/tenants/{r}/report", rate=49),)),
    ),
    onset=300,
)
