"""Gives back the longer past of one service, for the rules that look at more than a few minutes."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from operator import and_

import numpy as np
from django.db import connection

from advisor.features.window import Array, HostWindow, PartWindow, ServiceWindow, Track
from advisor.fleet.models import Host, Instance, Service
from advisor.store.columns import aggregated, is_increase, rolled
from advisor.store.fetch import Condition, Row, among, during, figures, gathered, within
from advisor.store.members import members
from advisor.store.tables import HOST, HOURS, MICROSECONDS, MINUTES, PART, PROCESS, Table, listed
from advisor.store.whole_hours import whole_hours
from advisor.vocabulary import Entity, PartKind


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
        return self.step < MINUTES

    @property
    def length(self) -> float:
        """Seconds that a row stands for: whole minutes, or whole microseconds if it is fine."""
        if self.is_fine:
            return round(self.step * MICROSECONDS) / MICROSECONDS
        return float(max(1, round(self.step / MINUTES)) * MINUTES)


def past(service_id: int, span: Span) -> ServiceWindow:
    """A service's rollups (or samples, for short rows) over a span; processes that ended in it are there as well.

    Each row stands for `span.length` seconds: increases are scaled up where a sender was silent for a part of it (what
    it told of is `covered`), levels are means, with `lows` and `highs` beside them. There are no distributions.

    Raises:
        Service.DoesNotExist: there is none of this id.
    """
    name = Service.objects.values_list("name", flat=True).get(pk=service_id)
    tracks = _tracks(PROCESS, span, span.process, [service_id])
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
    tracks = _tracks(HOST, span, span.host, ids)
    named = Host.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "name")
    silent = Track(np.empty(0), np.empty(0), {})
    return tuple(HostWindow(pk, name, tracks.get((pk,), silent), tuple(parts.get((pk, 0), ()))) for pk, name in named)


def _parts(
    span: Span, service_id: int, host_ids: Collection[int]
) -> Iterator[tuple[tuple[int, int], list[PartWindow]]]:
    found: dict[tuple[int, int], list[PartWindow]] = {}
    for kind, columns in span.parts.items():
        owners = [service_id] if kind.of_process else host_ids
        tracks = _tracks(PART, span, columns, owners, among("kind", [kind.value]))
        for (owner, instance, _, name), track in sorted(tracks.items()):
            found.setdefault((owner, instance), []).append(PartWindow(kind, name, track))
    yield from found.items()


def _tracks(
    table: Table, span: Span, columns: Sequence[str], owners: Collection[int], *some: Condition
) -> dict[Row, Track]:
    """The track of each series of these owners, or of some of them, aggregated by the database."""
    if not columns:
        return {}
    picked = [sql for name in columns for sql in (aggregated if span.is_fine else _picked)(table.entity, name)]
    rows = list[Row]()
    for source, cell, when in _sources(table, span, owners):
        chosen = reduce(and_, (*some, when)).of(source)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {listed(table.series)}, {cell}, {', '.join(picked)} {chosen.sql} "
                f"GROUP BY {listed(table.series)}, {cell}",
                chosen.parameters,
            )
            rows += cursor.fetchall()
    return {key: _track(table, columns, found, span) for key, found in gathered(rows, len(table.series)).items()}


def _sources(table: Table, span: Span, owners: Collection[int]) -> Iterator[tuple[str, str, Condition]]:
    """The tables to read, each with SQL for the number of the row that something in it belongs to, and what of it."""
    theirs = among(table.owner, owners)
    if span.is_fine:
        cell = f'"at" / {round(span.length * MICROSECONDS)}'
        yield table.samples, cell, within(table.owner, owners, span.start, span.end)
    elif span.length == HOURS:
        hours, minutes = whole_hours(table, owners, span.start, span.end)
        yield table.hours.table, '"hour"', theirs & among("hour", hours)
        yield table.minutes.table, f'"minute" / {HOURS // MINUTES}', theirs & among("minute", minutes)
    else:
        whole = during("minute", math.ceil(span.start / MINUTES), math.floor(span.end / MINUTES) - 1)
        yield table.minutes.table, f'"minute" / {round(span.length / MINUTES)}', theirs & whole


def _picked(entity: Entity, name: str) -> tuple[str, ...]:
    """The same as `aggregated`, from minutes or hours."""
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
