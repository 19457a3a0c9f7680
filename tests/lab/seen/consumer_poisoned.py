"""A queue hands out a message again and again that ends its consumer."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("crash-loop",),
        strategies=("fix-crash",),
        forbidden=(
            "cluster",
            "worker-threads",
            "vertical",
            "autoscale",
            "load-balance",
            "scale-down",
            "fix-leak",
            "raise-limit",
            "shard",
            "read-replica",
            "tune-datastore",
        ),
    ),
    reason=(
        "Every few seconds a message that is cut off throws where nobody catches it, the process ends with an "
        "error, and its supervisor starts it again."
    ),
    services=(Service(script="consumer.js", revive=True),),
    phases=(
        Phase(300, (Http(path="/", rate=10),)),
        Phase(900, (Http(path="/", rate=10),), knobs={"cut_off": 0.12}),
    ),
    onset=300,
)
