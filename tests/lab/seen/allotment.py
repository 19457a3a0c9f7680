"""Five workers for what one does in passing."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service


def day(low: float, high: float) -> tuple[Phase, Phase]:
    """A day that goes up and down, on all pages."""
    rising = (Http(path="/plots?page={r}", rate=low, until=high), Http(path="/plots/free", rate=1))
    falling = (
        Http(path="/plots?page={r}", rate=high, until=low),
        Http(path="/queue", rate=0.5, method="POST", body=80),
    )
    return Phase(43200, rising), Phase(43200, falling)


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
            "shard",
            "websocket-scale-out",
        ),
    ),
    reason=(
        "Five workers together are 3 % of one core busy in the busiest hour of four days, so two would do, the second "
        "of them for the day on which one is lost."
    ),
    services=(Service(script="allotment.js", workers=5),),
    phases=(*day(3, 11), *day(3, 10), *day(2, 11), *day(3, 9)),
    onset=0,
    stretched=21.6,
    live=14400,
    light=True,
)
