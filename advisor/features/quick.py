"""The quickest minute of what is told: what a route or a call took when it was at its best lately."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from advisor.features.process import MINUTE
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span, sums_of_pieces
from advisor.vocabulary import PartKind

FEW: Final = 10
"""Requests or calls of a minute below which its mean says nothing."""


class Minute(NamedTuple):
    """Of one process: `mean` seconds of one request or call, and how many came a second."""

    mean: float
    rate: float


NEVER: Final = Minute(math.nan, math.nan)
"""Where no minute has enough of them."""


def quickest(snapshot: Snapshot, kinds: Iterable[PartKind], name: str) -> Minute:
    """The minute of the whole window in which parts of this name took least, in any process, ended ones included."""
    whole, width = Span(snapshot.window.start, snapshot.now), MINUTE / snapshot.time_scale
    told = [
        sums_of_pieces(part.track, ("count", "duration"), whole, width)
        for instance in snapshot.window.instances
        for part in instance.of_kind(*kinds)
        if part.name == name
    ]
    enough = [piece for pieces in told for piece in pieces if piece.total("count") >= FEW]
    found = (Minute(piece.total("duration") / piece.total("count"), piece.rate("count")) for piece in enough)
    return min(found, key=lambda minute: minute.mean, default=NEVER)
