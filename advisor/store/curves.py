"""Draws lines and percentiles of some processes onto a raster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import numpy as np

from advisor.features.histogram import Histogram
from advisor.store.lines import Curve, Line
from advisor.store.resample import Raster
from advisor.store.stretches import Stretches

QUANTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
"""The percentiles of request durations that are drawn."""


def curves(lines: Mapping[str, Line], members: Collection[Stretches], raster: Raster) -> dict[str, Curve]:
    """Each line over all members; lines of which nothing is known are left out."""
    return _known({name: line.curve(raster, list(members)) for name, line in lines.items()} if members else {})


def percentiles(members: Iterable[Stretches], raster: Raster) -> dict[str, Curve]:
    """The percentiles of all requests of each cell together, in seconds; none where nobody reports durations."""
    cells: dict[int, list[Histogram]] = defaultdict(list)
    for member in members:
        for begin, end, histogram in member.distributions():
            for cell in _centred(raster, begin, end):
                cells[cell].append(histogram)
    merged = {cell: Histogram.merge(*found) for cell, found in cells.items() if 0 <= cell < raster.size}
    return _known({name: _quantile(merged, share, raster) for name, share in QUANTILES.items()})


def _quantile(cells: Mapping[int, Histogram], share: float, raster: Raster) -> Curve:
    values = np.full(raster.size, np.nan)
    for cell, histogram in cells.items():
        values[cell] = histogram.quantile(share)
    return Curve(values, values, values)


def _centred(raster: Raster, begin: float, end: float) -> range:
    """The cells whose middle lies in a stretch, or the one cell that holds the stretch's own middle."""
    first = int(np.ceil((begin - raster.start) / raster.step - 0.5))
    last = int(np.ceil((end - raster.start) / raster.step - 0.5))
    middle = int(np.floor(((begin + end) / 2 - raster.start) / raster.step))
    return range(first, last) if last > first else range(middle, middle + 1)


def _known(found: Mapping[str, Curve]) -> dict[str, Curve]:
    return {name: curve for name, curve in found.items() if not np.isnan(curve.value).all()}
