"""Draws lines and percentiles of some processes onto a raster."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from advisor.features.quantiles import quantiles
from advisor.features.runs import Whole, runs
from advisor.features.window import Array
from advisor.store.lines import Curve, Line, Members
from advisor.store.resample import Raster
from advisor.store.stretches import Stretches

QUANTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
"""The percentiles of request durations that are drawn."""


def curves(lines: Mapping[str, Line], members: Collection[Stretches], raster: Raster) -> dict[str, Curve]:
    """Each line over all members; lines of which nothing is known are left out."""
    if not members:
        return {}
    together = Members(list(members), raster)
    return _known({name: line.curve(together) for name, line in lines.items()})


def percentiles(members: Collection[Stretches], raster: Raster) -> dict[str, Curve]:
    """The percentiles of all requests of each cell together, in seconds; none where nobody reports durations."""
    told = [
        (begin, end, encoded)
        for member in members
        for begin, end, encoded in zip(member.begins.tolist(), member.ends.tolist(), member.latencies, strict=True)
        if encoded is not None
    ]
    if not told:
        return {}
    begins, ends, encoded = zip(*told, strict=True)
    rows, cells = _centred(raster, np.array(begins), np.array(ends))
    found = quantiles([encoded[row] for row in rows.tolist()], cells, raster.size, tuple(QUANTILES.values()))
    return _known({name: Curve(line, line, line) for name, line in zip(QUANTILES, found, strict=True)})


def _centred(raster: Raster, begins: Array, ends: Array) -> tuple[Whole, Whole]:
    """Pairs of a stretch and a cell whose middle lies in it, or the one cell that holds the stretch's own middle."""
    first = np.ceil((begins - raster.start) / raster.step - 0.5)
    last = np.ceil((ends - raster.start) / raster.step - 0.5)
    middle = np.floor(((begins + ends) / 2 - raster.start) / raster.step)
    first, last = np.where(last > first, first, middle), np.where(last > first, last, middle + 1)
    first, last = np.maximum(first, 0).astype(np.int64), np.minimum(last, raster.size).astype(np.int64)
    return runs(first, last)


def _known(found: Mapping[str, Curve]) -> dict[str, Curve]:
    return {name: curve for name, curve in found.items() if not np.isnan(curve.value).all()}
