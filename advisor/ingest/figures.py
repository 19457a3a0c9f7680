"""The numbers and distributions of one row in the making."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np

from advisor.features.histogram import Histogram
from advisor.store.rows import DISTRIBUTION, NOTHING
from advisor.vocabulary import Combine, Entity, columns_of
from advisor.vocabulary.metrics import PART

Whole = bytes | Sequence[bytes] | None
"""Encoded distributions: one, several or none."""

ALIKE: Final = 1.5
"""Spans that differ by this factor or more are not of one row: the next whole interval is twice as long."""

_LARGEST: Final = frozenset(column.name for column in PART if column.combine is Combine.MAX)


@dataclass(slots=True)
class Figures:
    """The numbers and the distributions, encoded, of one row in the making.

    `span` is the longest that its increases cover, `spans` what each column's do. `told` are the columns that are no
    gains of running totals; None before the totals are taken in, when all are.
    """

    span: float = 0.0
    values: dict[str, float] = field(default_factory=dict)
    whole: list[bytes] = field(default_factory=list)
    spans: dict[str, float] = field(default_factory=dict)
    told: frozenset[str] | None = None

    @classmethod
    def unpacked(cls, entity: Entity, span: float, values: bytes, spans: bytes, whole: Whole) -> Self:
        """The same figures as a packed row of the store has them.

        `spans` has what each column's increase covers, packed likewise, 0 for none; or, where all cover `span`, a bit
        for each column that has one, the lowest first.
        """
        named = zip(columns_of(entity), np.frombuffer(values).tolist(), strict=False)
        told = {column: value for column, value in named if not math.isnan(value)}
        covered = np.frombuffer(spans).tolist() if len(spans) == len(values) else _spread(spans, span)
        seconds = {column: seconds for column, seconds in zip(columns_of(entity), covered, strict=False) if seconds}
        return cls(span, told, _listed(whole), seconds)

    def copy(self) -> Figures:
        """The same figures, to which gains may be added apart."""
        told = frozenset(self.values) | ({DISTRIBUTION} if self.whole else NOTHING)
        return Figures(self.span, self.values.copy(), self.whole.copy(), self.spans.copy(), told)

    @property
    def gains(self) -> frozenset[str]:
        """The columns that hold nothing but gains of running totals; `DISTRIBUTION` where that is so of its whole."""
        if self.told is None:
            return NOTHING
        held = self.values.keys() | ({DISTRIBUTION} if self.whole else NOTHING)
        return frozenset(held - self.told)

    def without(self, columns: Collection[str]) -> Figures:
        """Those of other columns. Only what is told from inside has a distribution."""
        spans = {column: span for column, span in self.spans.items() if column not in columns}
        values = {column: value for column, value in self.values.items() if column not in columns}
        return Figures(max(spans.values(), default=0.0), values, [], spans, self.told)

    def covers(self, column: str, span: float) -> None:
        """Note what an increase covers, in seconds."""
        if span > self.spans.get(column, 0.0):
            self.spans[column] = span
        if span > self.span:
            self.span = span

    def split(self) -> tuple[Figures, Figures | None]:
        """What is a row together, and increases over so much less time that their rates would be too low in it.

        A page of metrics that was not read once tells twice the time of what the kernel tells beside it.
        """
        short = {column for column, span in self.spans.items() if span * ALIKE < self.span}
        if not short:
            return self, None
        values = {column: value for column, value in self.values.items() if column not in short}
        rest = Figures(self.span, values, self.whole, told=self.told)
        return rest, self.without(self.values.keys() - short)

    def add(self, column: str, value: float, largest_wins: bool) -> None:
        """Fold one more number in."""
        known = self.values.get(column)
        if known is None:
            self.values[column] = value
        else:
            self.values[column] = max(known, value) if largest_wins else known + value

    def take(self, other: Figures) -> None:
        """Fold another row in, of a part that is not kept apart."""
        for column, value in other.values.items():
            self.add(column, value, column in _LARGEST)
        for column, span in other.spans.items():
            self.covers(column, span)
        self.span = max(self.span, other.span)
        self.whole += other.whole
        self.told = other.told if self.told is None else self.told | (other.told or NOTHING)

    def histogram(self) -> bytes | None:
        """All distributions merged and encoded; None where there is none."""
        return merged(self.whole or None)


def merged(whole: Whole) -> bytes | None:
    """Encoded distributions as one; None where there is none."""
    if whole is None or isinstance(whole, bytes):
        return whole
    return whole[0] if len(whole) == 1 else Histogram.merge(*map(Histogram.decode, whole)).encode()


def _listed(whole: Whole) -> list[bytes]:
    return [whole] if isinstance(whole, bytes) else list(whole or ())


def _spread(bits: bytes, span: float) -> list[float]:
    return [span * bit for bit in np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little").tolist()]
