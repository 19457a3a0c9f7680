"""Four copies of a pollen forecast through eight days of spring."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service


def days(first: float, last: float) -> Phase:
    """Two days over which the forecasts that are asked for go from so many a second to so many."""
    return Phase(
        86400 * 2,
        (
            Http(path="/forecast/{r}", rate=first, until=last),
            Http(path="/widget/{r}", rate=first / 4, until=last / 4),
            Http(path="/plants", rate=1),
        ),
    )


case = Case(
    label=Label(
        rules=("overprovisioned",),
        strategies=("scale-down",),
        forbidden=("cluster", "autoscale", "load-balance", "vertical", "worker-threads", "raise-limit", "shard"),
    ),
    reason=(
        "Four copies serve at most 24 requests a second of 2 to 6 ms, each is 2 % busy in every hour of eight "
        "days, and two would carry the busiest one with a loss."
    ),
    services=(Service(script="pollen.js", copies=4),),
    phases=(days(8, 18), days(18, 8), days(8, 18), days(18, 8)),
    onset=0,
    stretched=38.4,
    live=14400,
    light=True,
)
