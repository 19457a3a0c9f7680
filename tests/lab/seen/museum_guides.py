"""The audio guides of a museum through three days of visitors."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service


def day(first: float, last: float) -> Phase:
    """A day whose players ask so many times a second for the length of a piece, at its beginning and at its end."""
    return Phase(
        86400,
        (
            Http(path="/audio/{r}", method="HEAD", rate=first, until=last),
            Http(path="/audio/{r}", rate=3),
            Http(path="/rooms", rate=2),
        ),
    )


case = Case(
    label=Label(
        rules=("descriptor-leak",),
        strategies=("fix-leak",),
        forbidden=("cluster", "autoscale", "load-balance", "vertical", "worker-threads", "scale-down", "tune-heap"),
        also=("descriptor-exhaustion",),
    ),
    reason=(
        "Each of the 0.8 to 1.4 questions a second for a length opens a file and never closes it, so open "
        "descriptors go from 25 to about 2,000 in three days and would reach the limit of 4,096 in three more, "
        "while the loop is 1 % busy and memory stays at 55 MB."
    ),
    services=(Service(script="museum.js", descriptors=4096),),
    phases=(day(0.8, 1.4), day(1.4, 0.8), day(0.8, 1.4)),
    onset=0,
    stretched=14.4,
    live=14400,
    light=True,
)
