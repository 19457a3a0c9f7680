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
from advisor.store.lines import Curve, Fold, Line, Members
from advisor.store.resample import Raster
from advisor.store.stretches import Stretches

QUANTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
"""The percentiles of request durations that are drawn."""


WAITING: Final = 1.5
"""So many of its own intervals may be missing of a process that still reports: senders tell at different moments, and
one figure may be on its way."""


def curves(lines: Mapping[str, Line], members: Collection[Stretches], raster: Raster) -> dict[str, Curve]:
    """Each line over all members; lines of which nothing is known are left out."""
    if not members:
        return {}
    return known(draw(lines, Members(list(members), raster)))


def draw(lines: Mapping[str, Line], members: Members) -> dict[str, Curve]:
    """The lines over all processes, up to where all that still report have told.

    Else a sum would fall and a maximum come and go in the newest cell, by who has told already. Lines that add up alike
    are drawn together: one by one, most of the time would go into beginning.
    """
    found: dict[str, Curve] = {}
    for fold in {line.fold for line in lines.values()}:
        alike = {name: line for name, line in lines.items() if line.fold is fold}
        found |= dict(zip(alike, _drawn(list(alike.values()), fold, members), strict=True))
    return {name: found[name] for name in lines}


def _drawn(lines: Sequence[Line], fold: Fold, members: Members) -> Iterator[Curve]:
    each, tiling = members.stretches, members.tiling
    middles, lows, highs = (
        np.array([figure(each) for figure in figures])
        for figures in zip(*((line.middle, line.low, line.high) for line in lines), strict=True)
    )
    is_early = tiling.raster.edges[:-1] >= _told(members, ~np.isnan(middles))[:, None]
    folded = fold(tiling.means(middles)), fold(-tiling.peaks(-lows)), fold(tiling.peaks(highs))
    return map(Curve, *(np.where(is_early, np.nan, figures) for figures in folded))


def _told(members: Members, is_known: NDArray[np.bool_]) -> Array:
    """Unix seconds up to which each has told that is not silent for longer than its interval; else infinite.

    For lines of which it is known where they are, shape (lines, stretches).
    """
    lasts = np.maximum.reduceat(np.where(is_known, np.arange(is_known.shape[1]), -1), members.starts, axis=1)
    begins, ends = members.stretches.begins[lasts], members.stretches.ends[lasts]
    ends[lasts < 0] = -math.inf
    with np.errstate(invalid="ignore"):  # where nothing is known at all
        is_on = (lasts >= 0) & (ends.max(axis=1, keepdims=True) - ends <= WAITING * (ends - begins))
    told: Array = np.where(is_on, ends, math.inf).min(axis=1)
    return told


def percentiles(members: Collection[Stretches], raster: Raster) -> dict[str, Curve]:
    """The percentiles of all requests of each cell together, in seconds; none where nobody reports durations."""
    encoded = [each for member in members for each in member.latencies]
    told = [each for each in encoded if each is not None]
    if not told:
        return {}
    is_told = np.array([each is not None for each in encoded])
    begins = np.concatenate([member.begins for member in members])[is_told]
    ends = np.concatenate([member.ends for member in members])[is_told]
    rows, cells = _centred(raster, begins, ends)
    found = quantiles([told[row] for row in rows.tolist()], cells, raster.size, tuple(QUANTILES.values()))
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
