"""Quantiles of many merged distributions at once, straight from their encoded form: a chart has thousands of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from advisor.features.buckets import POWERS
from advisor.features.histogram import HEAD, MAX_TOLD, MIN_TOLD, ROUNDING
from advisor.features.runs import Whole, runs
from advisor.features.unpacking import Unpacked, unpack_many
from advisor.features.window import Array

_SPARSE: Final = 16
"""Where there are so many times more places than buckets told, sorting these is quicker than looking at all places."""

_TOGETHER: Final = 600
"""Distributions that are looked at together. Arrays of the buckets of as many fit a processor's cache, and are small
enough for memory that was used before (see `advisor.ingest.allocator`): a chart's 1,800 take half as long."""

_UNSEEN: Final = 64
"""A scale beyond any."""


@dataclass(frozen=True, slots=True)
class _Told:
    """Distributions that count something; all arrays have shape (distributions,), but `counts`."""

    cells: Whole
    scales: Whole
    zeros: Whole
    offsets: Whole
    lows: Array
    highs: Array
    counts: Whole
    firsts: Whole
    ends: Whole


class _Cells(NamedTuple):
    """What falls into each cell, shape (cells,), and the buckets of all, by cell and then by duration.

    Attributes:
        scales: the coarsest of its distributions.
        zeros: observations of zero.
        lows: shortest observation in seconds, NaN where unknown.
        highs: longest, likewise.
        firsts: its first bucket.
        ends: the bucket after its last.
        places: the buckets' indices, shape (buckets,).
        counts: observations in each bucket, likewise.
    """

    scales: Whole
    zeros: Whole
    lows: Array
    highs: Array
    firsts: Whole
    ends: Whole
    places: Whole
    counts: Whole


def quantiles(data: bytes, begins: Whole, ends: Whole, cells: Whole, size: int, shares: Sequence[float]) -> Array:
    """The durations in seconds that some shares (0 to 1) of all observations of a cell stay at or below.

    As `Histogram.merge(...).quantile(share)` of each cell, but that buckets are never widened to be fewer. Shape
    (shares, size); NaN in a cell without observations.

    Args:
        data: bytes in which distributions lie as `Histogram.encode` gives them.
        begins: where each begins, shape (distributions,).
        ends: where each ends, likewise.
        cells: the cell of each, likewise, 0 to `size` - 1.
        size: how many cells there are.
        shares: which quantiles.

    Raises:
        ValueError: bytes that are cut off, or of a version that this code does not know.
    """
    width, found = -(-size * _TOGETHER // max(len(begins), _TOGETHER)), []
    for first in range(0, size, width):
        end = min(first + width, size)
        chosen = np.flatnonzero((cells >= first) & (cells < end))
        unpacked = unpack_many(data, begins[chosen], ends[chosen])
        found.append(_merged(_told(unpacked, cells[chosen] - first), end - first))
    merged = _joined(found)
    before = np.append(0, np.cumsum(merged.counts))
    return np.array([_quantile(merged, before, share) for share in shares])


def _told(found: Unpacked, cells: Whole) -> _Told:
    firsts, float_firsts = (np.cumsum(sizes) - sizes for sizes in (found.sizes, found.float_sizes))
    if (found.sizes < HEAD).any():
        raise ValueError("a stored histogram is cut off")
    scales, flags, zeros, offsets = (found.integers[firsts + place] for place in range(HEAD))
    has_min, has_max = flags & MIN_TOLD != 0, flags & MAX_TOLD != 0
    if (found.float_sizes != 1 + has_min + has_max).any():
        raise ValueError("a stored histogram is cut off")
    floats = np.append(found.floats, (np.nan, np.nan))
    lows = np.where(has_min, floats[float_firsts + 1], np.nan)
    highs = np.where(has_max, floats[float_firsts + 1 + has_min], np.nan)
    ends = firsts + found.sizes
    given = np.flatnonzero((zeros > 0) | (found.sizes > HEAD))
    return _Told(
        cells[given],
        scales[given],
        zeros[given],
        offsets[given],
        lows[given],
        highs[given],
        found.integers,
        firsts[given] + HEAD,
        ends[given],
    )


def _merged(told: _Told, size: int) -> _Cells:
    scales = np.full(size, _UNSEEN)
    np.minimum.at(scales, told.cells, told.scales)
    zeros = np.bincount(told.cells, told.zeros, size).astype(np.int64)
    lows, highs = np.full(size, np.inf), np.full(size, -np.inf)
    with np.errstate(invalid="ignore"):  # a NaN among them stays one: then it is unknown of all
        np.minimum.at(lows, told.cells, told.lows)
        np.maximum.at(highs, told.cells, told.highs)
    return _Cells(scales, zeros, lows, highs, *_buckets(told, told.scales - scales[told.cells], size))


def _buckets(told: _Told, coarser: Whole, size: int) -> tuple[Whole, Whole, Whole, Whole]:
    """Of each cell the first bucket and the one after its last, and of these their indices and counts.

    Indices of a distribution are to be halved as often as `coarser` says.
    """
    firsts = told.offsets >> coarser
    lasts = told.offsets + told.ends - told.firsts - 1 >> coarser
    lowest = firsts.min(initial=0)
    width = lasts.max(initial=0) - lowest + 1
    rows, numbers = runs(told.firsts, told.ends)
    counts, places = told.counts[numbers], numbers + (told.offsets - told.firsts)[rows]
    if coarser.any():
        places >>= coarser[rows]
    if width * size > _SPARSE * (len(counts) + size):
        return _sorted(told.cells[rows], places, counts, size)
    sums = np.zeros(width * size, np.int64)
    np.add.at(sums, places + (told.cells * width - lowest)[rows], counts)
    begins = np.arange(0, width * size, width)
    return begins, begins + width, np.tile(np.arange(lowest, lowest + width), size), sums


def _sorted(cells: Whole, places: Whole, counts: Whole, size: int) -> tuple[Whole, Whole, Whole, Whole]:
    """The same where most buckets between the first and the last of all count nothing."""
    order = np.lexsort((places, cells))
    cells, places = cells[order], places[order]
    starts = np.flatnonzero(np.append(True, (np.diff(cells) != 0) | (np.diff(places) != 0))[: len(cells)])
    begins, ends = (np.searchsorted(cells[starts], np.arange(size), side) for side in ("left", "right"))
    return begins, ends, places[starts], np.add.reduceat(counts[order], starts) if len(starts) else counts


def _joined(some: Sequence[_Cells]) -> _Cells:
    """The cells of all, one after the other."""
    found = _Cells(*map(np.concatenate, zip(*some, strict=True)))
    before = np.cumsum([0, *(len(each.counts) for each in some[:-1])])
    bases = np.repeat(before, [len(each.scales) for each in some])
    return found._replace(firsts=found.firsts + bases, ends=found.ends + bases)


def _quantile(cells: _Cells, before: Whole, share: float) -> Array:
    """One share of each cell; `before` each bucket, and after the last, there are so many observations in all cells."""
    counted = before[cells.ends] - before[cells.firsts]
    rank = share * (cells.zeros + counted)
    least = np.ceil(rank * ROUNDING).astype(np.int64) - cells.zeros  # among those that are not zero
    place = np.searchsorted(before[1:], before[cells.firsts] + np.maximum(least, 1))
    place = np.minimum(np.maximum(place, cells.firsts), cells.ends - 1)
    seen, upto = (cells.zeros + bound - before[cells.firsts] for bound in (before[place], before[place + 1]))
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.clip((rank - seen) / (upto - seen), 0.0, 1.0)
    position = np.clip((np.append(cells.places, 0)[place] + part) * np.exp2(-cells.scales), -POWERS, POWERS)
    found: Array = np.fmin(np.fmax(np.exp2(position), cells.lows), cells.highs)
    is_zero = (counted == 0) | ((cells.zeros > 0) & (least <= 0))
    found[is_zero] = 0.0
    found[cells.zeros + counted == 0] = np.nan
    return found
