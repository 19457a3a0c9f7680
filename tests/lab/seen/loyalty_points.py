"""A loyalty card's tills redeem points, in three days of more and of fewer customers."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service


def day(first: float, last: float) -> Phase:
    """A day that begins with so many redemptions a second and ends with so many."""
    return Phase(
        86400,
        (
            Http(path="/cards/{r}/redeem?key={n}", method="POST", body=120, rate=first, until=last),
            Http(path="/cards/{r}", rate=4),
            Http(path="/ranking", rate=0.5),
        ),
    )


case = Case(
    label=Label(
        rules=("memory-leak",),
        strategies=("fix-leak",),
        forbidden=("cluster", "autoscale", "load-balance", "vertical", "worker-threads", "scale-down", "raise-limit"),
        also=("memory-pressure",),
    ),
    reason=(
        "Every redemption leaves its whole receipt, 70 kB, in a map of answered keys that nothing ever clears, so "
        "the heap goes from 11 MB to over 300 MB in three days at 2.2 to 3 redemptions a second and would reach "
        "its 512 MB within two more, while the loop is 2 % busy."
    ),
    services=(Service(script="loyalty.js", node=("--max-old-space-size=512",)),),
    phases=(day(2.2, 3.0), day(3.0, 2.2), day(2.2, 3.0)),
    onset=0,
    stretched=14.4,
    live=14400,
    light=True,
)
