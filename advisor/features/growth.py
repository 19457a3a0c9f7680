"""How fast a level grows that the load does not explain, and when it meets its limit.

A level that follows the load (heap, sockets) goes up every morning. So moments are only compared with earlier ones
of the same load: the slope is the median over such pairs (Theil and Sen). Measured on simulated days in the decision
model (E3): trend tests call every healthy day a leak, this calls none, at the price of most of a day.

Times and durations are those of the clock; who calls multiplies by the time scale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from advisor.features.window import Array, Track

ALIKE: Final = 0.05
"""Loads that differ by less than this share of the greater one are the same load (decision model C5)."""

CHANCE: Final = 0.01
"""What holds a part of the level may be more by this share later: means of minutes differ by as much (judgement)."""

BLOCKS: Final = 8
"""Pieces of a life that are left out one after the other to see how much the slope depends on each."""

LIKELY: Final = 2.365
"""Standard errors to either side of a slope that hold 95% (Student's t for 7 degrees of freedom, 8 blocks)."""

SLOWING: Final = 1 / 3
"""A late slope below this share of the early one is a cache or a warm-up that fills (decision model C5)."""

STRAIGHT: Final = 0.9
"""A late slope of at least this share of the early one is no bend: straight leaks differ by as much from noise."""

APART: Final = 1 / 12
"""Pairs must have their middles in this share of the course at least, or nothing is known of a bend in it: on
simulated days (seeds 0 to 29) every fire at a cache that still filled came from a narrower cluster."""

LATEST: Final = 5
"""Points whose median is the present level."""

_Pairs = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Course:
    """A level over one life, and what the process had to do meanwhile.

    Attributes:
        times: Unix seconds, oldest first, shape (n,).
        level: shape (n,).
        loads: each shape (n,); moments are alike if all of them are.
        held: each shape (n,); what holds a part of the level, so that the later of two moments may not have more of it.
    """

    times: Array
    level: Array
    loads: tuple[Array, ...] = ()
    held: tuple[Array, ...] = ()

    @property
    def seconds(self) -> float:
        """From the first point to the last."""
        return float(self.times[-1] - self.times[0]) if self.times.size else 0.0


@dataclass(frozen=True, slots=True)
class Growth:
    """What a course did at equal load.

    Attributes:
        slope: units per second, the median over all pairs; NaN without pairs.
        low: lower end of the 95% interval of the slope.
        high: its upper end.
        pairs: pairs of moments that could be compared.
        rising: the share of them that grew, 0 to 1.
        early: the slope of the earliest third of the pairs, by their middle.
        late: the slope of the latest third.
        between: seconds between those two thirds.
        level: where it is now.
        middle: its median over the course.
        seconds: how long the course is.
    """

    slope: float
    low: float
    high: float
    pairs: int
    rising: float
    early: float
    late: float
    between: float
    level: float
    middle: float
    seconds: float

    @property
    def gained(self) -> float:
        """Units that the course grew by over its length at this slope."""
        return self.slope * self.seconds

    @property
    def began(self) -> float:
        """Where it began, at the load of its middle: the load of its first moments, or of now, may be any."""
        return self.middle - self.gained / 2

    @property
    def is_steady(self) -> bool:
        """True if it goes on: its late slope is at least a third of its early one, and the two are apart."""
        return self.late >= self.early * SLOWING and self.between >= self.seconds * APART

    @property
    def rest(self) -> float:
        """Units that it still grows by if it goes on to slow down as it did; infinite where it hardly slows down."""
        if math.isnan(self.early) or math.isnan(self.late) or self.late >= self.early * STRAIGHT:
            return math.inf
        if self.late <= 0:
            return 0.0
        # An exponential approach: its slope falls by the same factor in equal times.
        return self.late * self.between / math.log(self.early / self.late)

    def time_to(self, limit: float) -> float:
        """Seconds until this level is reached at this slope; 0 beyond it, infinite without growth, NaN if unknown."""
        return _reach(limit - self.level, self.slope)


_NONE: Final = math.nan
UNKNOWN: Final = Growth(_NONE, _NONE, _NONE, 0, _NONE, _NONE, _NONE, _NONE, _NONE, _NONE, _NONE)
"""Of a course without two points to compare."""


def course_of(
    track: Track,
    column: str,
    loads: Sequence[str],
    *,
    after: float = -math.inf,
    smooth: float,
    lowest: bool = True,
    held: Sequence[str] = (),
) -> Course:
    """The course of a column in rows later than `after`; empty where the track does not have it.

    Args:
        track: rows, usually recalled ones.
        column: a level.
        loads: columns that say what the process has to do; those that the track lacks are left out.
        after: Unix seconds.
        smooth: loads are averaged over the last so many seconds, since a level follows them late.
        lowest: take the lowest figure within each row, where it is known: what is left when waste is gone.
        held: columns that say what holds a part of the level, averaged as loads are.
    """
    source = track.lows if lowest and column in track.lows else track.values
    if column not in source:
        return Course(np.empty(0), np.empty(0))
    given = ~np.isnan(source[column]) & (track.times > after)
    followed, parts = (
        tuple(_followed(track, name, smooth)[given] for name in names if name in track.values)
        for names in (loads, held)
    )
    return Course(track.times[given], source[column][given], followed, parts)


def growth_of(course: Course, apart: float) -> Growth:
    """The growth at equal load, from pairs that are at least `apart` seconds from each other."""
    if course.times.size < 2:
        return UNKNOWN
    first, second = _pairs(course, apart)
    if not first.size:
        return UNKNOWN
    span = course.times[second] - course.times[first]
    slopes = (course.level[second] - course.level[first]) / span
    slope = float(np.median(slopes))
    error = _error(course.times.size, first, second, slopes)
    early, late, between = _ends(course, first, second, slopes)
    return Growth(
        slope=slope,
        low=slope - LIKELY * error,
        high=slope + LIKELY * error,
        pairs=first.size,
        rising=float(np.mean(slopes > 0)),
        early=early,
        late=late,
        between=between,
        level=float(np.median(course.level[-LATEST:])),
        middle=float(np.median(course.level)),
        seconds=course.seconds,
    )


def _followed(track: Track, column: str, smooth: float) -> Array:
    """The mean of a load over the seconds before each row; increases count per second, so only ratios matter."""
    figures = np.nan_to_num(track.values[column])
    sums = np.concatenate([[0.0], np.cumsum(figures)])
    starts = np.searchsorted(track.times, track.times - smooth, side="right")
    ends = np.arange(1, track.times.size + 1)
    means: Array = (sums[ends] - sums[starts]) / (ends - starts)
    return means


def _pairs(course: Course, apart: float) -> tuple[_Pairs, _Pairs]:
    first, second = np.triu_indices(course.times.size, 1)
    same = course.times[second] - course.times[first] >= apart
    for load in course.loads:
        one, other = load[first], load[second]
        same &= np.abs(one - other) <= ALIKE * np.maximum(np.abs(one), np.abs(other))
    for part in course.held:
        same &= part[second] <= (1 + CHANCE) * part[first]
    return first[same], second[same]


def _error(points: int, first: _Pairs, second: _Pairs, slopes: Array) -> float:
    """The standard error of the median slope by the jackknife over consecutive blocks: points are not independent."""
    if points < 2 * BLOCKS:
        return math.inf
    block = np.arange(points) * BLOCKS // points
    kept = [(block[first] != left) & (block[second] != left) for left in range(BLOCKS)]
    medians = np.array([np.median(slopes[rest]) for rest in kept if rest.any()])
    if medians.size < BLOCKS:
        return math.inf
    return float(np.sqrt((BLOCKS - 1) / BLOCKS * np.sum((medians - medians.mean()) ** 2)))


def _ends(course: Course, first: _Pairs, second: _Pairs, slopes: Array) -> tuple[float, float, float]:
    """The slopes of the earliest and of the latest third of the pairs, and the seconds between these thirds."""
    middle = (course.times[first] + course.times[second]) / 2
    order = np.argsort(middle, kind="stable")
    third = max(1, order.size // 3)
    one, other = order[:third], order[-third:]
    apart = float(np.median(middle[other]) - np.median(middle[one]))
    return float(np.median(slopes[one])), float(np.median(slopes[other])), apart


def _reach(room: float, slope: float) -> float:
    if math.isnan(room) or math.isnan(slope):
        return math.nan
    if room <= 0:
        return 0.0
    return room / slope if slope > 0 else math.inf
