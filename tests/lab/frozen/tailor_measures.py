"""A tailor's patterns are asked for faster than one process can draw them."""

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-saturated",),
        strategies=("cluster", "load-balance", "autoscale", "optimise-code", "worker-threads", "cache"),
        forbidden=(
            "raise-limit",
            "websocket-scale-out",
            "scale-down",
            "shard",
            "read-replica",
            "fix-leak",
            "tune-heap",
        ),
    ),
    reason=(
        "Each pattern is 9 ms of arithmetic and 97 are asked for in a second, so the one loop is 91 to 95 % busy "
        "instead of 25 % while the other core idles, and what took 11 ms takes 43 at the median and 150 at p95."
    ),
    services=(Service(script="tailor_measures.js", telemetry="prom"),),
    phases=(
        Phase(300, (Http(path="/patterns/{r}", rate=25), Http(path="/customers/{r}", rate=10))),
        Phase(1080, (Http(path="/patterns/{r}", rate=97), Http(path="/customers/{r}", rate=10))),
    ),
    onset=300,
)
