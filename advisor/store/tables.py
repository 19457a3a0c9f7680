"""How the tables of an entity are called and keyed: what the SQL of this package is made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models

from advisor.store.models import HostMinute, HostSample, PartMinute, PartSample, ProcessMinute, ProcessSample
from advisor.vocabulary import Entity, columns_of

MICROSECONDS = 1_000_000
MINUTE = 60 * MICROSECONDS
"""Microseconds in a minute."""

_TYPES = {
    "at": "int8",
    "time": "int8",
    "kind": "varchar",
    "name": "varchar",
    "latency": "bytea",
    "histogram": "bytea",
}


@dataclass(frozen=True, slots=True)
class Table:
    """The two tables of one entity.

    Attributes:
        entity: whose snapshots they hold.
        samples: the table of the snapshots.
        minutes: the table of their one-minute rollups.
        owner: the column that every query names: service, host, or owner of a part.
        within: the columns that tell an owner's series apart.
        blob: the column of the encoded histogram, None where there is none.
        figures: the number columns of a sample.
    """

    entity: Entity
    samples: str
    minutes: str
    owner: str
    within: tuple[str, ...]
    blob: str | None
    figures: tuple[str, ...]

    @property
    def series(self) -> tuple[str, ...]:
        """What names one series: owner and the rest."""
        return (self.owner, *self.within)

    @property
    def payload(self) -> tuple[str, ...]:
        """The columns of a sample that may be null: its figures and its histogram."""
        return self.figures if self.blob is None else (*self.figures, self.blob)

    @property
    def sample_key(self) -> tuple[str, ...]:
        """The identity of a sample."""
        return (*self.series, "time")

    @property
    def sample_columns(self) -> tuple[str, ...]:
        """All columns of a sample, in the order of a written record."""
        return (*self.sample_key, "at", "span", *self.payload)


def _table(entity: Entity, sample: type[models.Model], minute: type[models.Model], *series: str) -> Table:
    blob = {Entity.PROCESS: "latency", Entity.PART: "histogram"}.get(entity)
    return Table(entity, sample._meta.db_table, minute._meta.db_table, series[0], series[1:], blob, columns_of(entity))


PROCESS = _table(Entity.PROCESS, ProcessSample, ProcessMinute, "service_id", "instance_id")
HOST = _table(Entity.HOST, HostSample, HostMinute, "host_id")
PART = _table(Entity.PART, PartSample, PartMinute, "owner_id", "instance_id", "kind", "name")
TABLES = (PROCESS, HOST, PART)


def listed(names: Iterable[str], form: str = '"{0}"') -> str:
    """The names, each put into `form` and separated by commas; `"{0}"` quotes them."""
    return ", ".join(form.format(name) for name in names)


def type_of(column: str) -> str:
    """PostgreSQL's type of a column of the tables of samples."""
    return _TYPES.get(column, "int8" if column.endswith("_id") else "float4")
