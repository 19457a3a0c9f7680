"""How the tables of an entity are called and keyed: what the SQL of this package is made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models

from advisor.store.columns import aggregated, rolled
from advisor.store.models import (
    HostHour,
    HostMinute,
    HostSample,
    PartHour,
    PartMinute,
    PartSample,
    ProcessHour,
    ProcessMinute,
    ProcessSample,
)
from advisor.vocabulary import Entity, columns_of

MICROSECONDS = 1_000_000
MINUTE = 60 * MICROSECONDS
"""Microseconds in a minute."""

MINUTES, HOURS = 60, 3600
"""The two widths of rollups, in seconds."""

_TYPES = {
    "at": "int8",
    "time": "int8",
    "kind": "varchar",
    "name": "varchar",
    "latency": "bytea",
    "histogram": "bytea",
}


@dataclass(frozen=True, slots=True)
class Rollup:
    """A table of rollups.

    Attributes:
        entity: whose figures they are.
        table: its name.
        column: the column that counts its rows' stretches from the epoch.
        seconds: how long such a stretch is.
        peaks: whether increases have their smallest and greatest rate: in an hour a mean hides them.
    """

    entity: Entity
    table: str
    column: str
    seconds: int
    peaks: bool

    def rolled(self, name: str) -> tuple[str, ...]:
        """The columns that stand for one column of the samples."""
        return rolled(self.entity, name, peaks=self.peaks)

    def aggregated(self, name: str) -> tuple[str, ...]:
        """SQL that computes them from samples."""
        return aggregated(self.entity, name, peaks=self.peaks)


@dataclass(frozen=True, slots=True)
class Table:
    """The tables of one entity.

    Attributes:
        entity: whose snapshots they hold.
        samples: the table of the snapshots.
        minutes: their rollups of a minute.
        hours: their rollups of an hour.
        owner: the column that every query names: service, host, or owner of a part.
        within: the columns that tell an owner's series apart.
        blob: the column of the encoded histogram, None where there is none.
        figures: the number columns of a sample.
    """

    entity: Entity
    samples: str
    minutes: Rollup
    hours: Rollup
    owner: str
    within: tuple[str, ...]
    blob: str | None
    figures: tuple[str, ...]

    @property
    def series(self) -> tuple[str, ...]:
        """What names one series: owner and the rest."""
        return (self.owner, *self.within)

    def rollup(self, width: int) -> Rollup:
        """Its rollups of `width` seconds."""
        return {MINUTES: self.minutes, HOURS: self.hours}[width]

    @property
    def payload(self) -> tuple[str, ...]:
        """The columns of a sample that may be null: its figures and its histogram."""
        return self.figures if self.blob is None else (*self.figures, self.blob)

    @property
    def sample_key(self) -> tuple[str, ...]:
        """The identity of a sample."""
        return (*self.series, "time")

    @property
    def key_numbers(self) -> tuple[str, ...]:
        """The whole numbers of that identity."""
        return tuple(name for name in self.sample_key if type_of(name) == "int8")

    @property
    def key_texts(self) -> tuple[str, ...]:
        """The rest of it."""
        return tuple(name for name in self.sample_key if type_of(name) != "int8")

    @property
    def sample_columns(self) -> tuple[str, ...]:
        """All columns of a sample, in the order of a written record."""
        return (*self.sample_key, "at", "span", *self.payload)


_Models = tuple[type[models.Model], type[models.Model], type[models.Model]]


def _table(entity: Entity, kept: _Models, *series: str) -> Table:
    sample, minute, hour = (model._meta.db_table for model in kept)
    return Table(
        entity=entity,
        samples=sample,
        minutes=Rollup(entity, minute, "minute", MINUTES, peaks=False),
        hours=Rollup(entity, hour, "hour", HOURS, peaks=True),
        owner=series[0],
        within=series[1:],
        blob={Entity.PROCESS: "latency", Entity.PART: "histogram"}.get(entity),
        figures=columns_of(entity),
    )


PROCESS = _table(Entity.PROCESS, (ProcessSample, ProcessMinute, ProcessHour), "service_id", "instance_id")
HOST = _table(Entity.HOST, (HostSample, HostMinute, HostHour), "host_id")
PART = _table(Entity.PART, (PartSample, PartMinute, PartHour), "owner_id", "instance_id", "kind", "name")
TABLES = (PROCESS, HOST, PART)


def listed(names: Iterable[str], form: str = '"{0}"') -> str:
    """The names, each put into `form` and separated by commas; `"{0}"` quotes them."""
    return ", ".join(form.format(name) for name in names)


def type_of(column: str) -> str:
    """PostgreSQL's type of a column of the tables of samples."""
    return _TYPES.get(column, "int8" if column.endswith("_id") else "float4")
