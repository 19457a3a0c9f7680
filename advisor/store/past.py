"""Gives back the longer past of one service, for the rules that look at more than a few minutes."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from django.db import connection

from advisor.features.window import Array, HostWindow, PartWindow, ServiceWindow, Track
from advisor.fleet.models import Host, Instance, Service
from advisor.store.columns import aggregated, is_increase, rolled
from advisor.store.fetch import Condition, Row, among, during, figures, gathered, within
from advisor.store.members import members
from advisor.store.tables import HOST, MICROSECONDS, PART, PROCESS, Table, listed
from advisor.vocabulary import Entity, PartKind

_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Span:
    """What to read: from `start` to `end` in Unix seconds, in rows of about `step` seconds, and of which columns."""

    start: float
    end: float
    step: float
    process: tuple[str, ...] = ()
    host: tuple[str, ...] = ()
    parts: Mapping[PartKind, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_fine(self) -> bool:
        """True for rows shorter than a minute, as a fast clock asks for: rollups are no finer, so samples are read."""
        return self.step < _MINUTE

    @property
    def length(self) -> float:
        """Seconds that a row stands for: whole minutes, or whole microseconds if it is fine."""
        if self.is_fine:
            return round(self.step * MICROSECONDS) / MICROSECONDS
        return max(1, round(self.step / _MINUTE)) * _MINUTE

    @property
    def cell(self) -> str:
        """SQL for the number of the row that a sample or a minute belongs to."""
        if self.is_fine:
            return f'"at" / {round(self.length * MICROSECONDS)}'
        return f'"minute" / {round(self.length / _MINUTE)}'

    def of(self, table: Table, owners: Collection[int]) -> Condition:
        """The samples or whole minutes of some owners that lie in it."""
        if self.is_fine:
            return within(table.owner, owners, self.start, self.end)
        minutes = during("minute", math.ceil(self.start / _MINUTE), math.floor(self.end / _MINUTE) - 1)
        return among(table.owner, owners) & minutes


def past(service_id: int, span: Span) -> ServiceWindow:
    """A service's rollups (or samples, for short rows) over a span; processes that ended in it are there as well.

    Each row stands for `span.length` seconds: increases are scaled up where a sender was silent for a part of it (what
    it told of is `covered`), levels are means, with `lows` and `highs` beside them. There are no distributions.

    Raises:
        Service.DoesNotExist: there is none of this id.
    """
    name = Service.objects.values_list("name", flat=True).get(pk=service_id)
    tracks = _tracks(PROCESS, span, span.process, span.of(PROCESS, [service_id]))
    known = members(among("service_id", [service_id]) & among("id", [instance for _, instance in tracks]))
    host_ids = _host_ids(service_id, span)
    parts = dict(_parts(span, service_id, host_ids))
    instances = tuple(
        one.window(tracks[service_id, one.id], tuple(parts.get((service_id, one.id), ()))) for one in known
    )
    return ServiceWindow(service_id, name, span.start, span.end, instances, _hosts(host_ids, span, parts))


def _host_ids(service_id: int, span: Span) -> list[int]:
    """The hosts that it ran on, also where no figure of its processes is asked for."""
    since = datetime.fromtimestamp(span.start, UTC)
    ran = Instance.objects.filter(service_id=service_id, last_seen__gte=since, host__isnull=False)
    return list(ran.order_by("host_id").values_list("host_id", flat=True).distinct())


def _hosts(
    ids: Collection[int], span: Span, parts: Mapping[tuple[int, int], list[PartWindow]]
) -> tuple[HostWindow, ...]:
    tracks = _tracks(HOST, span, span.host, span.of(HOST, ids))
    named = Host.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "name")
    silent = Track(np.empty(0), np.empty(0), {})
    return tuple(HostWindow(pk, name, tracks.get((pk,), silent), tuple(parts.get((pk, 0), ()))) for pk, name in named)


def _parts(
    span: Span, service_id: int, host_ids: Collection[int]
) -> Iterator[tuple[tuple[int, int], list[PartWindow]]]:
    found: dict[tuple[int, int], list[PartWindow]] = {}
    for kind, columns in span.parts.items():
        owners = [service_id] if kind.of_process else host_ids
        where = span.of(PART, owners) & among("kind", [kind.value])
        for (owner, instance, _, name), track in sorted(_tracks(PART, span, columns, where).items()):
            found.setdefault((owner, instance), []).append(PartWindow(kind, name, track))
    yield from found.items()


def _tracks(table: Table, span: Span, columns: Sequence[str], where: Condition) -> dict[Row, Track]:
    """The track of each series of a table, aggregated by the database."""
    if not columns:
        return {}
    picked = [sql for name in columns for sql in (aggregated if span.is_fine else _picked)(table.entity, name)]
    source, cell = table.samples if span.is_fine else table.minutes.table, span.cell
    chosen = where.of(source)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {listed(table.series)}, {cell}, {', '.join(picked)} {chosen.sql} "
            f"GROUP BY {listed(table.series)}, {cell}",
            chosen.parameters,
        )
        rows = gathered(cursor.fetchall(), len(table.series))
    return {key: _track(table, columns, found, span) for key, found in rows.items()}


def _picked(entity: Entity, name: str) -> tuple[str, ...]:
    """The same as `aggregated`, from minutes."""
    if is_increase(entity, name):
        return tuple(f'SUM("{column}")' for column in rolled(entity, name))
    mean, low, high = rolled(entity, name)
    return f'AVG("{mean}")', f'MIN("{low}")', f'MAX("{high}")'


def _track(table: Table, columns: Sequence[str], rows: Sequence[Row], span: Span) -> Track:
    ordered = sorted(rows, key=lambda row: row[0])
    width = sum(len(rolled(table.entity, name)) for name in columns)
    numbers = figures(ordered, 1 + width)
    length = span.length
    times = np.minimum((numbers[:, 0] + 1) * length, span.end)
    values: dict[str, Array] = {}
    lows: dict[str, Array] = {}
    highs: dict[str, Array] = {}
    covered: dict[str, Array] = {}
    place = 1
    for name in columns:
        if is_increase(table.entity, name):
            covered[name] = numbers[:, place + 1]
            with np.errstate(divide="ignore", invalid="ignore"):
                values[name] = numbers[:, place] / covered[name] * length
        else:
            values[name], lows[name], highs[name] = (numbers[:, place + n] for n in range(3))
        place += len(rolled(table.entity, name))
    known = {name: figure for name, figure in values.items() if not np.isnan(figure).all()}
    return Track(
        times,
        np.full(times.size, length),
        known,
        lows={name: lows[name] for name in known if name in lows},
        highs={name: highs[name] for name in known if name in highs},
        covered={name: covered[name] for name in known if name in covered},
    )
