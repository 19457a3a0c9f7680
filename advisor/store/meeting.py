"""Makes one of two records of the same moment: two senders speak of one process, or one export came in two requests.

What nobody told yet is filled in. Gains of running totals come on top, since the row of the stream keeps a point from
counting twice. Any other figure stays as it was told first: nobody can know whether a second one is the rest of a sum
or the same once more. Where it differs from the first it is left out, and its row says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple

from advisor.features.histogram import Histogram
from advisor.store.columns import is_increase
from advisor.store.rows import DISTRIBUTION, Row
from advisor.store.sheet import Values
from advisor.store.tables import Table
from advisor.vocabulary import COLUMNS, Combine

_ROUNDED: Final = 1e-6
"""Numbers of 4 bytes keep 24 bits: what differs by less is the same figure, read back."""


class Record(NamedTuple):
    """What is written of a row.

    Attributes:
        values: of `Table.sample_columns`, in that order.
        row: where they come from; it learns what was left out of it.
        gains: columns whose figures come on top of what is known.
    """

    values: Values
    row: Row
    gains: frozenset[str]


@dataclass(slots=True)
class Meeting:
    """What is to be done where some records meet stored rows.

    Attributes:
        new: records of moments of which nothing is stored.
        changed: records together with what is stored of their moments.
        known: the stored rows that `changed` replaces.
        left_out: rows, each with the number of its figures for which others are known.
    """

    new: list[Record] = field(default_factory=list)
    changed: list[Record] = field(default_factory=list)
    known: list[Values] = field(default_factory=list)
    left_out: list[tuple[Row, int]] = field(default_factory=list)


def met_in(table: Table, records: Sequence[Record]) -> list[Record]:
    """One record a key, in the order of the keys: two writers then lock rows in the same order."""
    width = len(table.sample_key)
    unique: dict[Values, Record] = {}
    for record in records:
        key = record.values[:width]
        first = unique.get(key)
        if first is not None:
            values, left_out = _united(table, first.values, record)
            record.row.left_out += left_out
            record = Record(values, record.row, first.gains | (record.gains - _told(table, first.values)))
        unique[key] = record
    return [unique[key] for key in sorted(unique)]


def _told(table: Table, values: Values) -> set[str]:
    """What a record has, in the words of `Record.gains`."""
    named = zip(table.sample_columns, values, strict=True)
    return {DISTRIBUTION if name == table.blob else name for name, value in named if value is not None}


def meet(table: Table, records: Sequence[Record], stored: Mapping[Values, Values]) -> Meeting:
    """Bring records together with what is stored under their keys."""
    width = len(table.sample_key)
    meeting = Meeting()
    for record in records:
        before = stored.get(record.values[:width])
        if before is None:
            meeting.new.append(record)
            continue
        values, left_out = _united(table, before, record)
        if values != before:
            meeting.changed.append(record._replace(values=values))
            meeting.known.append(before)
        if left_out:
            meeting.left_out.append((record.row, left_out))
    return meeting


def _united(table: Table, known: Values, record: Record) -> tuple[Values, int]:
    """What is known together with a record of the same moment, and how many figures of the record were left out."""
    start = len(table.sample_columns) - len(table.payload)
    payload, changed, left_out = list(known[start:]), set[str](), 0
    for place, (name, new) in enumerate(zip(table.payload, record.values[start:], strict=True)):
        old = payload[place]
        if new is None:
            continue
        if old is None:
            payload[place] = new
        elif (DISTRIBUTION if name == table.blob else name) in record.gains:
            payload[place] = _with_gain(name, table, old, new)
        else:
            left_out += not _is_same(name, table, old, new)
            continue
        changed.add(name)
    span = known[start - 1]
    if any(is_increase(table.entity, name) for name in changed if name != table.blob):
        span = max(span, record.values[start - 1])  # levels hold for as long as whatever stands beside them
    return (*known[: start - 1], span, *payload) if changed else known, left_out


def _with_gain(name: str, table: Table, old: Any, gain: Any) -> Any:
    if name == table.blob:
        return Histogram.merge(Histogram.decode(bytes(old)), Histogram.decode(gain)).encode()
    return max(old, gain) if name in _largest() else old + gain


def _is_same(name: str, table: Table, old: Any, new: Any) -> bool:
    return bytes(old) == new if name == table.blob else math.isclose(old, new, rel_tol=_ROUNDED)


@cache
def _largest() -> frozenset[str]:
    """Columns of which the largest figure counts, not the sum."""
    return frozenset(column.name for column in COLUMNS if column.combine is Combine.MAX)
