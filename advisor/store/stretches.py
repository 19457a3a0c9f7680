"""Samples and rollups in one form: figures that hold from `begins` to `ends`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.features.histogram import Histogram
from advisor.features.window import Array
from advisor.store.columns import rolled
from advisor.store.fetch import Condition, Row, figures, gathered, select, track
from advisor.store.tables import Table

_UNKNOWN_HOLD = 10.0
"""Seconds that a lone level is taken to hold for: the agents' interval."""

_LONGEST_HOLD = 120.0
"""A level that is older than this says nothing any more: twice the default interval of OpenTelemetry's SDKs."""


@dataclass(frozen=True, slots=True)
class Stretches:
    """The figures of one series, oldest first. All arrays have shape (n,); NaN where a figure is unknown.

    Attributes:
        begins: Unix seconds from which a row holds.
        ends: Unix seconds until which it holds.
        middles: column -> rate per second of an increase, or (mean) level.
        lows: column -> smallest level; columns that have no own are their middle.
        highs: column -> greatest level, likewise.
        latencies: encoded histograms, None where there is none.
    """

    begins: Array
    ends: Array
    middles: Mapping[str, Array]
    lows: Mapping[str, Array]
    highs: Mapping[str, Array]
    latencies: Sequence[bytes | None]

    def middle(self, name: str) -> Array:
        """The rate or mean level of a column."""
        return self.middles.get(name, np.full(len(self.begins), np.nan))

    def low(self, name: str) -> Array:
        """The smallest level of a column."""
        return self.lows.get(name, self.middle(name))

    def high(self, name: str) -> Array:
        """The greatest level of a column."""
        return self.highs.get(name, self.middle(name))

    def last(self, where: Array) -> tuple[float, float] | None:
        """When the newest of these rows begins and ends; None where there are none."""
        place = np.flatnonzero(where)
        return (float(self.begins[place[-1]]), float(self.ends[place[-1]])) if place.size else None

    def distributions(self) -> Iterator[tuple[float, float, Histogram]]:
        """Begin, end and distribution of the rows that have one."""
        for begin, end, encoded in zip(self.begins, self.ends, self.latencies, strict=True):
            if encoded is not None:
                yield float(begin), float(end), Histogram.decode(encoded)


def of_samples(table: Table, names: Sequence[str], where: Condition) -> dict[Row, Stretches]:
    """The stretches of each series from its samples: a sample holds for its span before its time."""
    blob = () if table.blob is None else (table.blob,)
    rows = select(table.samples, (*table.series, "at", "span", *names, *blob), where)
    return {key: _samples(table, names, found) for key, found in gathered(rows, len(table.series)).items()}


def _samples(table: Table, names: Sequence[str], rows: Sequence[Row]) -> Stretches:
    found = track(rows, names)
    spans = np.where(found.spans > 0, found.spans, np.nan)
    holds = np.where(found.spans > 0, found.spans, _typical(found.times))
    increases = {name for name in names if len(rolled(table.entity, name)) == 2}
    middles = {name: values / spans if name in increases else values for name, values in found.values.items()}
    ordered = sorted(rows, key=lambda row: row[0])
    latencies = [row[-1] if table.blob else None for row in ordered]
    return Stretches(found.times - holds, found.times, middles, {}, {}, latencies)


def _typical(times: Array) -> float:
    """The usual distance of samples in seconds."""
    distances = np.diff(times)
    distances = distances[distances > 0]
    return min(_LONGEST_HOLD, float(np.median(distances))) if len(distances) else _UNKNOWN_HOLD


def of_minutes(table: Table, names: Sequence[str], where: Condition) -> dict[Row, Stretches]:
    """The stretches of each series from its rollups: each holds for its minute."""
    columns = [column for name in names for column in rolled(table.entity, name)]
    blob = () if table.blob is None else (table.blob,)
    rows = select(table.minutes, (*table.series, "minute", *columns, *blob), where)
    groups = gathered(rows, len(table.series))
    return {key: _minutes(table, names, columns, found) for key, found in groups.items()}


def _minutes(table: Table, names: Sequence[str], columns: Sequence[str], rows: Sequence[Row]) -> Stretches:
    ordered = sorted(rows, key=lambda row: row[0])
    numbers = figures(ordered, 1 + len(columns))
    begins = numbers[:, 0] * 60.0
    values = {column: numbers[:, 1 + index] for index, column in enumerate(columns)}
    middles, lows, highs = {}, {}, {}
    for name in names:
        stands = rolled(table.entity, name)
        if len(stands) == 2:
            seconds = values[stands[1]]
            middles[name] = values[name] / np.where(seconds > 0, seconds, np.nan)
        else:
            middles[name], lows[name], highs[name] = (values[column] for column in stands)
    latencies = [row[-1] if table.blob else None for row in ordered]
    return Stretches(begins, begins + 60.0, middles, lows, highs, latencies)
