"""Draws lines and percentiles of some processes onto a raster."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from advisor.features.quantiles import quantiles
from advisor.features.runs import Whole, runs
from advisor.features.window import Array
from advisor.store.lines import Curve, Line, Members
from advisor.store.resample import Raster
from advisor.store.slices import slices
from advisor.store.stretches import Stretches

QUANTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
"""The percentiles of request durations that are drawn."""


_TOGETHER: Final = 32_768
"""Figures that are laid on the cells together: what is made of them takes 256 KiB at a time, which fits a processor's
cache and is memory that was used before (see `advisor.ingest.allocator`)."""

WAITING: Final = 1.5
"""So many of its own intervals may be missing of a process that still reports: senders tell at different moments, and
one figure may be on its way."""


def curves(
    lines: Mapping[str, Line], stretches: Stretches, raster: Raster, extremes: Collection[str] = ()
) -> dict[str, Curve]:
    """Each line over all series, as `draw`; lines of which nothing is known are left out."""
    return draw(lines, Members(stretches, raster), extremes) if stretches.keys else {}


def draw(lines: Mapping[str, Line], members: Members, extremes: Collection[str] = ()) -> dict[str, Curve]:
    """The lines over all processes of which anything is known, up to where all that still report have told.

    Else a sum would fall and a maximum come and go in the newest cell, by who has told already. Lines that add up alike
    are drawn together: one by one, most of the time would go into beginning.

    Those that `extremes` names have their smallest and greatest; what these are made of must have been read.
    """
    middles = {name: line.middle(members.stretches) for name, line in lines.items()}
    heard = {name: line for name, line in lines.items() if not np.isnan(middles[name]).all()}
    found: dict[str, Curve] = {}
    kinds = {name: (line.fold, name in extremes) for name, line in heard.items()}
    for kind in set(kinds.values()):
        alike = [name for name in heard if kinds[name] == kind]
        for names in slices(alike, max(1, _TOGETHER // len(members.stretches.begins))):
            some = [heard[name] for name in names]
            figures = np.array([middles[name] for name in names])
            found |= zip(names, _drawn(some, figures, members, has_extremes=kind[1]), strict=True)
    return known({name: found[name] for name in heard})


def _drawn(lines: Sequence[Line], middles: Array, members: Members, has_extremes: bool) -> Iterator[Curve]:
    """Lines that fold alike, from the middle figures of each, shape (lines, stretches)."""
    each, tiling, fold = members.stretches, members.tiling, lines[0].fold
    is_early = tiling.raster.edges[:-1] >= _told(members, ~np.isnan(middles))[:, None]
    values = np.where(is_early, np.nan, fold(tiling.means(middles)))
    if not has_extremes:
        return map(Curve, values, values, values)
    lows, highs = (np.array([line.low(each) for line in lines]), np.array([line.high(each) for line in lines]))
    folded = fold(tiling.troughs(lows)), fold(tiling.peaks(highs))
    return map(Curve, values, *(np.where(is_early, np.nan, figures) for figures in folded))


def _told(members: Members, is_known: NDArray[np.bool_]) -> Array:
    """Unix seconds up to which each has told that is not silent for longer than its interval; else infinite.

    For lines of which it is known where they are, shape (lines, stretches).
    """
    lasts = _lasts(is_known, members.stretches.starts)
    begins, ends = members.stretches.begins[lasts], members.stretches.ends[lasts]
    ends[lasts < 0] = -math.inf
    with np.errstate(invalid="ignore"):  # where nothing is known at all
        is_on = (lasts >= 0) & (ends.max(axis=1, keepdims=True) - ends <= WAITING * (ends - begins))
    told: Array = np.where(is_on, ends, math.inf).min(axis=1)
    return told


def _lasts(is_known: NDArray[np.bool_], starts: Whole) -> Whole:
    """The last row of each series that is known, shape (lines, series); -1 where none is."""
    size = is_known.shape[1]
    newest = np.append(starts[1:], size) - 1
    found = np.tile(newest, (len(is_known), 1))
    others = ~is_known[:, newest].all(axis=1)
    rows = np.where(is_known[others], np.arange(size), -1)
    found[others] = np.maximum.reduceat(rows, starts, axis=1)
    return found


def percentiles(stretches: Stretches, raster: Raster) -> dict[str, Curve]:
    """The percentiles of all requests of each cell together, in seconds; none where nobody reports durations."""
    told = stretches.latencies.told()
    if not told.size:
        return {}
    rows, cells = _centred(raster, stretches.begins[told], stretches.ends[told])
    found = quantiles(*stretches.latencies.bounds(told[rows]), cells, raster.size, tuple(QUANTILES.values()))
    return known({name: Curve(line, line, line) for name, line in zip(QUANTILES, found, strict=True)})


def _centred(raster: Raster, begins: Array, ends: Array) -> tuple[Whole, Whole]:
    """Pairs of a stretch and a cell whose middle lies in it, or the one cell that holds the stretch's own middle."""
    first = np.ceil((begins - raster.start) / raster.step - 0.5)
    last = np.ceil((ends - raster.start) / raster.step - 0.5)
    middle = np.floor(((begins + ends) / 2 - raster.start) / raster.step)
    first, last = np.where(last > first, first, middle), np.where(last > first, last, middle + 1)
    first, last = np.maximum(first, 0).astype(np.int64), np.minimum(last, raster.size).astype(np.int64)
    return runs(first, last)


def known(found: Mapping[str, Curve]) -> dict[str, Curve]:
    """Those curves of which anything is known."""
    return {name: curve for name, curve in found.items() if not np.isnan(curve.value).all()}
