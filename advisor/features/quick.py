"""What a route or a call takes minute by minute, and its quickest minute of what is told."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from advisor.features import stats
from advisor.features.process import MINUTE
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span, Sums, sums_of_pieces
from advisor.features.window import Track
from advisor.vocabulary import PartKind

FEW: Final = 10
"""Requests or calls of a minute below which its mean says nothing."""


FAILED: Final = 0.05
"""Of a minute's, from where on it is not compared."""

SEVERAL: Final = 3
"""Minutes that were as quick: one alone may be an accident."""

_WITHOUT_ANSWER: Final = ("errors", "aborted")


class Minute(NamedTuple):
    """Of one process: `mean` seconds of one request or call, and how many came a second."""

    mean: float
    rate: float


NEVER: Final = Minute(math.nan, math.nan)
"""Where no minute has enough of them."""


def quickest(snapshot: Snapshot, kinds: Iterable[PartKind], name: str) -> Minute:
    """The minute of the whole window in which parts of this name took least, in any process, ended ones included.

    It is the third of them, so that no single odd one decides, and none in which many failed.
    """
    whole, width = Span(snapshot.window.start, snapshot.now), MINUTE / snapshot.time_scale
    told = [
        piece
        for instance in snapshot.window.instances
        for part in instance.of_kind(*kinds)
        if part.name == name
        for piece in sums_of_pieces(part.track, ("count", "duration", *_WITHOUT_ANSWER), whole, width)
    ]
    found = [Minute(mean(piece), piece.rate("count")) for piece in told if _is_well(piece)]
    known = sorted(minute for minute in found if minute.mean >= 0)
    return known[SEVERAL - 1] if len(known) >= SEVERAL else NEVER


def _is_well(found: Sums) -> bool:
    """True if hardly anything failed: what is refused is quick."""
    failed = stats.known_sum([found.total(column) for column in _WITHOUT_ANSWER])
    return not failed > FAILED * found.total("count")


def means(part: Track, span: Span, minute: float, enough: float = FEW) -> list[float]:
    """The mean seconds of one in each whole minute of the span, oldest first; NaN in those with too few."""
    return [mean(piece, enough) for piece in sums_of_pieces(part, ("count", "duration"), span, minute)]


def mean(found: Sums, enough: float = FEW) -> float:
    """The mean seconds of one, from what the rows of a part add up to; NaN with too few."""
    return found.total("duration") / found.total("count") if found.total("count") >= enough else math.nan
