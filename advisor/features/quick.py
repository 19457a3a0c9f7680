"""What a route or a call takes minute by minute, and its quickest minute of what is told."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from advisor.features.process import MINUTE
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span, Sums, sums_of_pieces
from advisor.features.window import Track
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
        piece
        for instance in snapshot.window.instances
        for part in instance.of_kind(*kinds)
        if part.name == name
        for piece in sums_of_pieces(part.track, ("count", "duration"), whole, width)
    ]
    found = [Minute(mean(piece), piece.rate("count")) for piece in told]
    return min((minute for minute in found if minute.mean >= 0), key=lambda minute: minute.mean, default=NEVER)


def means(part: Track, span: Span, minute: float, enough: float = FEW) -> list[float]:
    """The mean seconds of one in each whole minute of the span, oldest first; NaN in those with too few."""
    return [mean(piece, enough) for piece in sums_of_pieces(part, ("count", "duration"), span, minute)]


def mean(found: Sums, enough: float = FEW) -> float:
    """The mean seconds of one, from what the rows of a part add up to; NaN with too few."""
    return found.total("duration") / found.total("count") if found.total("count") >= enough else math.nan
