"""What a point means: the columns of the vocabulary that its metric and attributes lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from msgspec import Raw

from advisor.fleet.memory import Memory
from advisor.ingest.attributes import parse_point
from advisor.vocabulary import COLUMNS, Column, Combine, Entity, Facet, Kind, PartKind, canonical
from advisor.vocabulary.aliases import METRICS
from advisor.vocabulary.metrics import HISTOGRAMS

Place = tuple[PartKind, str] | None
"""The part that a number belongs to; None for the process or host itself."""

CACHED: Final = 20_000
"""Most meanings that are kept."""

CACHED_BYTES: Final = 1 << 10
"""Longer attribute lists are read anew each time, so that the memory is bounded in bytes too."""

_LARGEST: Final = 2.0**53
"""Beyond it a double no longer counts in ones; no metric of ours comes near."""

_SLACK: Final = 1.001
"""A ratio measured from two clocks may end a hair above 1; it is stored as 1."""

_NAME_ELSEWHERE: Final = {"network.interface.name": "system.device"}
"""Where host-metrics before semantic conventions 1.31 puts the name of an interface."""

_SERVER_FAULT: Final = 500


@dataclass(frozen=True, slots=True)
class Target:
    """One number of a snapshot that a point adds to."""

    column: str
    entity: Entity
    facet: Facet
    largest_wins: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Meaning:
    """All that a point adds to.

    Attributes:
        kind: the instrument that the columns expect.
        factor: multiplies the sender's values into the column's unit.
        limit: the largest value that can be true.
        is_ratio: values up to `limit` are stored as at most 1.
        of_process: at least one column is a process's or its part's; else all are a host's.
        failed: the point counts requests that failed.
        targets: the numbers it adds to.
        whole: where its distribution is kept whole; empty for metrics that keep figures only.
        level: its one number, where that is a level of the process or host itself, as of most points.
        increase: likewise, where it is an increase.
        most: the largest value that needs no second look.
    """

    kind: Kind
    factor: float
    limit: float
    is_ratio: bool
    of_process: bool
    failed: bool
    targets: tuple[Target, ...]
    whole: tuple[Place, ...]
    level: Target | None
    increase: Target | None
    most: float


class Meanings:
    """Looks up meanings by metric name and raw attributes; bounded, since senders choose both.

    Attributes:
        known: those that were looked up lately; None for what no column keeps.
    """

    def __init__(self) -> None:
        self.known = Memory[tuple[str, bytes], Meaning | None](CACHED)

    def find(self, metric: str, attributes: Raw) -> Meaning | None:
        """The meaning of a point; None where the vocabulary has no column for it.

        Raises:
            ValueError: the attributes are no list of OTLP attributes.
        """
        key = (metric, bytes(attributes))
        try:
            return self.known[key]
        except KeyError:
            pass
        meaning = self.look_up(metric, attributes)
        if len(key[1]) <= CACHED_BYTES:
            self.known[key] = meaning
        return meaning

    @staticmethod
    def look_up(metric: str, attributes: Raw) -> Meaning | None:
        """As `find`, for who remembers it himself."""
        return _find(metric, parse_point(attributes))


def _columns() -> dict[str, tuple[Column, ...]]:
    grouped: dict[str, list[Column]] = {}
    for column in COLUMNS:
        grouped.setdefault(column.metric, []).append(column)
    return {metric: tuple(columns) for metric, columns in grouped.items()}


_COLUMNS: Final = _columns()

KNOWN: Final = frozenset(_COLUMNS) | {old for old, (today, _) in METRICS.items() if today in _COLUMNS}
"""Metrics of which some column keeps something, under all of their names."""


def _find(metric: str, attributes: Mapping[str, str]) -> Meaning | None:
    today, factor = canonical(metric)
    columns = _COLUMNS.get(today, ())
    fitting = [(column, _place(column, attributes)) for column in columns if _fits(column, attributes)]
    placed = [(column, place) for column, place in fitting if column.part is None or place is not None]
    if not placed:
        return None
    is_ratio, kind = placed[0][0].unit == "1", placed[0][0].kind
    targets = tuple(_target(column, place) for column, place in placed)
    only = targets[0] if len(targets) == 1 and targets[0].place is None else None
    return Meaning(
        kind=kind,
        factor=factor,
        limit=_SLACK if is_ratio else _LARGEST,
        is_ratio=is_ratio,
        of_process=any(_of_process(column) for column, _ in placed),
        failed=_failed(attributes),
        targets=targets,
        whole=_whole(today, placed),
        level=None if kind in (Kind.COUNTER, Kind.HISTOGRAM) else only,
        increase=only if kind is Kind.COUNTER else None,
        most=1.0 if is_ratio else _LARGEST,
    )


def _target(column: Column, place: Place) -> Target:
    return Target(column.name, column.entity, column.facet, column.combine is Combine.MAX, place)


def _of_process(column: Column) -> bool:
    return column.entity is Entity.PROCESS or (column.part is not None and column.part.of_process)


def _fits(column: Column, attributes: Mapping[str, str]) -> bool:
    return all(attributes.get(key) in values for key, values in column.where.items())


def _place(column: Column, attributes: Mapping[str, str]) -> Place:
    if column.part is None:
        return None
    words = [attributes.get(key) or attributes.get(_NAME_ELSEWHERE.get(key, "")) for key in column.named_by]
    name = " ".join(word for word in words if word)
    return (column.part, name) if name else None


def _whole(metric: str, placed: list[tuple[Column, Place]]) -> tuple[Place, ...]:
    if metric not in HISTOGRAMS:
        return ()
    entity, part = HISTOGRAMS[metric]
    own: tuple[Place, ...] = (None,) if entity is Entity.PROCESS else ()
    return own + tuple(dict.fromkeys(place for column, place in placed if place and column.part is part))


def _failed(attributes: Mapping[str, str]) -> bool:
    status = attributes.get("http.response.status_code", "")
    return bool(attributes.get("error.type")) or (status.isdecimal() and int(status) >= _SERVER_FAULT)
