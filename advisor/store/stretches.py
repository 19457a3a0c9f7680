"""Samples and rollups in one form: figures that hold from `begins` to `ends`."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.features.window import Array
from advisor.store import blocks
from advisor.store.blocks import Series
from advisor.store.columns import is_increase
from advisor.store.fetch import Condition, Row
from advisor.store.tables import MICROSECONDS, Rollup, Table

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
        found = self.middles.get(name)
        return np.full(len(self.begins), np.nan) if found is None else found

    def low(self, name: str) -> Array:
        """The smallest level of a column."""
        return self.lows[name] if name in self.lows else self.middle(name)

    def high(self, name: str) -> Array:
        """The greatest level of a column."""
        return self.highs[name] if name in self.highs else self.middle(name)


def joined(members: Sequence[Stretches]) -> Stretches:
    """The stretches of some series as one, a series after the other; what one lacks is unknown there."""
    return Stretches(
        np.concatenate([each.begins for each in members]),
        np.concatenate([each.ends for each in members]),
        {name: np.concatenate([each.middle(name) for each in members]) for name in _names(m.middles for m in members)},
        {name: np.concatenate([each.low(name) for each in members]) for name in _names(m.lows for m in members)},
        {name: np.concatenate([each.high(name) for each in members]) for name in _names(m.highs for m in members)},
        [latency for each in members for latency in each.latencies],
    )


def _names(columns: Iterable[Mapping[str, Array]]) -> dict[str, None]:
    return dict.fromkeys(name for each in columns for name in each)


def of_samples(table: Table, names: Sequence[str], where: Condition) -> dict[Row, Stretches]:
    """The stretches of each series from its samples: a sample holds for its span before its time."""
    block = blocks.read(table, table.samples, ("time", "at"), ("span", *names), table.blob, where)
    increases = {name for name in names if is_increase(table.entity, name)}
    return {one.key: _samples(names, increases, one) for one in block}


def _samples(names: Sequence[str], increases: Container[str], one: Series) -> Stretches:
    spans, times = one.figures[0], (one.times / MICROSECONDS).astype(np.float64)
    rates = np.where(spans > 0, spans, np.nan)
    holds = np.where(spans > 0, spans, _typical(times))
    figures = {name: one.figures[place] for place, name in enumerate(names, start=1)}
    middles = {name: values / rates if name in increases else values for name, values in figures.items()}
    return Stretches(times - holds, times, middles, {}, {}, list(one.blobs) or [None] * len(times))


def _typical(times: Array) -> float:
    """The usual distance of samples in seconds."""
    distances = np.diff(times)
    distances = distances[distances > 0]
    return min(_LONGEST_HOLD, float(np.median(distances))) if len(distances) else _UNKNOWN_HOLD


def of_rollups(table: Table, rollup: Rollup, names: Sequence[str], where: Condition) -> dict[Row, Stretches]:
    """The stretches of each series from its rollups: each holds for its minute or hour."""
    stands = {name: rollup.rolled(name) for name in names}
    columns = [column for each in stands.values() for column in each]
    block = blocks.read(table, rollup.table, (rollup.column,), columns, table.blob, where)
    return {one.key: _rolled(rollup, stands, columns, one) for one in block}


def _rolled(rollup: Rollup, stands: Mapping[str, Sequence[str]], columns: Sequence[str], one: Series) -> Stretches:
    begins = one.times.astype(np.float64) * rollup.seconds
    values = {column: one.figures[place] for place, column in enumerate(columns)}
    middles, lows, highs = {}, {}, {}
    for name, of_it in stands.items():
        middles[name] = values[name]
        if is_increase(rollup.entity, name):
            seconds = values[of_it[1]]
            middles[name] = values[name] / np.where(seconds > 0, seconds, np.nan)
        if len(of_it) > 2:
            lows[name], highs[name] = (values[column] for column in of_it[-2:])
    ends = begins + rollup.seconds
    return Stretches(begins, ends, middles, lows, highs, list(one.blobs) or [None] * len(begins))
