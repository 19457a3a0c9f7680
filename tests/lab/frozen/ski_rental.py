"""Five copies of a ski rental for what a fraction of one would do, in every hour of eight days."""

from tests.lab.case import Case, Http, Label, Phase, Service

MORNING = Phase(
    43200,
    (
        Http(path="/skis/{r}", rate=3, until=13),
        Http(path="/quotes", method="POST", body=120, rate=1, until=4),
    ),
)
EVENING = Phase(
    43200,
    (
        Http(path="/skis/{r}", rate=13, until=3),
        Http(path="/quotes", method="POST", body=120, rate=4, until=1),
    ),
)

case = Case(
    label=Label(
        rules=("overprovisioned",),
        strategies=("scale-down",),
        forbidden=(
            "cluster",
            "autoscale",
            "load-balance",
            "vertical",
            "worker-threads",
            "raise-limit",
            "rebalance",
            "shard",
            "fix-leak",
        ),
    ),
    reason=(
        "Five copies are 1.3 % busy at the peak of each of eight days and 0.5 % at its low, with 60 MB each and "
        "all answers within 10 ms; two would carry the busiest hour with a loss, at 3 % each."
    ),
    services=(Service(script="ski_rental.js", copies=5),),
    phases=(MORNING, EVENING) * 8,
    onset=0,
    stretched=38.4,
    live=14400,
    light=True,
)
