"""Four copies look up seeds that one could look up."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

NIGHT, NOON = 3, 12


def half(first: float, last: float) -> Phase:
    """Half a day in which the load moves evenly from one rate to the other."""
    return Phase(
        43200,
        (
            Http(path="/accessions/{r}", rate=first, until=last),
            Http(path="/genera/{r}", rate=first / 3, until=last / 3),
        ),
    )


case = Case(
    label=Label(
        rules=("overprovisioned",),
        strategies=("scale-down",),
        forbidden=("cluster", "autoscale", "load-balance", "vertical", "worker-threads", "raise-limit", "shard"),
    ),
    reason=(
        "Four copies are each about 1 % busy (utilization 0.007 to 0.015, 58 MB) in every hour of eight days, by "
        "night as at noon, and two would carry it with one of them lost."
    ),
    services=(Service(script="seed_bank.js", copies=4),),
    phases=(half(NIGHT, NOON), half(NOON, NIGHT)) * 8,
    onset=0,
    stretched=38.4,
    live=14400,
    light=True,
)
