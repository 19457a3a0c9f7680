"""Samples and rollups in one form: figures that hold from `begins` to `ends`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.features.runs import Whole
from advisor.features.window import Array
from advisor.store import blocks
from advisor.store.columns import is_increase
from advisor.store.encoded import Blobs
from advisor.store.fetch import Condition, Row
from advisor.store.tables import MICROSECONDS, Rollup, Table

_UNKNOWN_HOLD = 10.0
"""Seconds that a lone level is taken to hold for: the agents' interval."""

_LONGEST_HOLD = 120.0
"""A level that is older than this says nothing any more: twice the default interval of OpenTelemetry's SDKs."""


@dataclass(frozen=True, slots=True)
class Stretches:
    """The figures of some series, one after the other, each the oldest first. Arrays have shape (n,), NaN if unknown.

    Attributes:
        keys: of each series, what `Table.series` names.
        starts: where each series begins, shape (series,).
        begins: Unix seconds from which a row holds.
        ends: Unix seconds until which it holds.
        middles: column -> rate per second of an increase, or (mean) level.
        lows: column -> smallest level; columns that have no own, or of which it was not asked for, are their middle.
        highs: column -> greatest level, likewise.
        latencies: encoded histograms, None where there is none.
    """

    keys: Sequence[Row]
    starts: Whole
    begins: Array
    ends: Array
    middles: Mapping[str, Array]
    lows: Mapping[str, Array]
    highs: Mapping[str, Array]
    latencies: Blobs

    @property
    def sizes(self) -> Whole:
        """The rows of each series."""
        return np.diff(self.starts, append=len(self.begins))

    def middle(self, name: str) -> Array:
        """The rate or mean level of a column."""
        return self.middles[name]

    def low(self, name: str) -> Array:
        """The smallest level of a column."""
        return self.lows[name] if name in self.lows else self.middle(name)

    def high(self, name: str) -> Array:
        """The greatest level of a column."""
        return self.highs[name] if name in self.highs else self.middle(name)

    def some(self, first: int, end: int) -> Stretches:
        """The series from one to before another."""
        bounds = [*self.starts.tolist(), len(self.begins)]
        rows = slice(bounds[first], bounds[end])
        return Stretches(
            self.keys[first:end],
            self.starts[first:end] - bounds[first],
            self.begins[rows],
            self.ends[rows],
            {name: values[rows] for name, values in self.middles.items()},
            {name: values[rows] for name, values in self.lows.items()},
            {name: values[rows] for name, values in self.highs.items()},
            self.latencies[rows],
        )


def joined(some: Sequence[Stretches]) -> Stretches:
    """The series of all, which have the same columns, one after the other."""
    bases = np.cumsum([0, *(len(each.begins) for each in some[:-1])])
    return Stretches(
        [key for each in some for key in each.keys],
        np.concatenate([each.starts + base for each, base in zip(some, bases, strict=True)]),
        np.concatenate([each.begins for each in some]),
        np.concatenate([each.ends for each in some]),
        {name: np.concatenate([each.middle(name) for each in some]) for name in some[0].middles},
        {name: np.concatenate([each.low(name) for each in some]) for name in _names(each.lows for each in some)},
        {name: np.concatenate([each.high(name) for each in some]) for name in _names(each.highs for each in some)},
        Blobs.joined([each.latencies for each in some]),
    )


def _names(columns: Iterable[Mapping[str, Array]]) -> dict[str, None]:
    return dict.fromkeys(name for each in columns for name in each)


def continued(some: Sequence[Stretches]) -> Stretches:
    """The series of all; what they know of the same one follows each other, in one series."""
    every = joined(some)
    keys = sorted(set(every.keys))
    places = {key: place for place, key in enumerate(keys)}
    series = np.repeat(np.array([places[key] for key in every.keys], np.int64), every.sizes)
    order = np.argsort(series, kind="stable")
    return Stretches(
        keys,
        np.searchsorted(series[order], np.arange(len(keys))),
        every.begins[order],
        every.ends[order],
        {name: values[order] for name, values in every.middles.items()},
        {name: values[order] for name, values in every.lows.items()},
        {name: values[order] for name, values in every.highs.items()},
        every.latencies.put_in(order),
    )


def of_samples(table: Table, names: Collection[str], where: Condition) -> Stretches:
    """The stretches of each series from its samples: a sample holds for its span before its time."""
    block = blocks.read(table, table.samples, ("time", "at"), ("span", *names), table.blob, where)
    spans, *figures = block.figures
    times = (block.times / MICROSECONDS).astype(np.float64)
    rates = np.where(spans > 0, spans, np.nan)
    holds = np.where(spans > 0, spans, _typical(times, block.starts))
    middles = {
        name: values / rates if is_increase(table.entity, name) else values
        for name, values in zip(names, figures, strict=True)
    }
    return Stretches(block.keys, block.starts, times - holds, times, middles, {}, {}, block.blobs)


def _typical(times: Array, starts: Whole) -> Array:
    """The usual distance of samples of the series that each is of, in seconds."""
    of_each = np.split(times, starts[1:])
    return np.repeat([_usual(np.diff(each)) for each in of_each], [len(each) for each in of_each])


def _usual(distances: Array) -> float:
    distances = distances[distances > 0]
    return min(_LONGEST_HOLD, float(np.median(distances))) if len(distances) else _UNKNOWN_HOLD


def of_rollups(table: Table, rollup: Rollup, names: Mapping[str, bool], where: Condition) -> Stretches:
    """The stretches of each series from its rollups: each holds for its minute or hour.

    `names` says whether a column is wanted with its smallest and greatest.
    """
    stands = {name: _stand(rollup, name, is_wide) for name, is_wide in names.items()}
    columns = [column for each in stands.values() for column in each]
    block = blocks.read(table, rollup.table, (rollup.column,), columns, table.blob, where)
    begins = block.times.astype(np.float64) * rollup.seconds
    values = dict(zip(columns, block.figures, strict=True))
    middles, lows, highs = {name: values[name] for name in names}, {}, {}
    for name, of_it in stands.items():
        if is_increase(rollup.entity, name):
            seconds = values[of_it[1]]
            middles[name] = values[name] / np.where(seconds > 0, seconds, np.nan)
        if names[name] and len(of_it) > 2:
            lows[name], highs[name] = (values[column] for column in of_it[-2:])
    return Stretches(block.keys, block.starts, begins, begins + rollup.seconds, middles, lows, highs, block.blobs)


def _stand(rollup: Rollup, name: str, is_wide: bool) -> tuple[str, ...]:
    """The columns that stand for one: its figure, the seconds of an increase, and its extremes if wanted."""
    columns = rollup.rolled(name)
    return columns if is_wide else columns[: 1 + is_increase(rollup.entity, name)]
