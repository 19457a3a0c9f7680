"""Which number columns the tables of the store have, all of them taken from the vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from advisor.vocabulary import COLUMNS, Entity, columns_of

GREATEST = 1e30
LEAST = 1e-30
"""Figures beyond these are no measurements: greater ones are left out, smaller ones are zero.

Numbers of 4 bytes reach 3.4e38 and 1.2e-38; the rest is room for the sums and means of a rollup,
since PostgreSQL refuses to round what overflows or underflows.
"""

_Table = TypeVar("_Table", bound=type[models.Model])


SLOT: Final = 10_000_000
"""Microseconds of a slot of `OwnerIndex`. A process reports about once in one, so that a read finds a row in each, and
5,000 processes fill 40 pages: longer ones write more pages for the same samples. The indexes are made with it: another
number needs a migration that makes them anew."""


class RealField(models.FloatField):  # type: ignore[type-arg]  # Django has no generic fields at run time
    """A number of 4 bytes where the database has one: 7 digits are more than any sensor knows."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """`real` everywhere; on SQLite that is a double."""
        return "real"


class TimeIndex(models.Index):
    """By time alone, for rolling up and pruning: block ranges (BRIN) on PostgreSQL, since rows arrive in time order.

    It is for tables of which PostgreSQL drops whole days. Where rows are deleted one by one, or written twice, new ones
    take the place of old ones, and every range comes to span all of the time.
    """

    def create_sql(self, model: type[models.Model], schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """As `Index.create_sql`."""
        using = " USING brin" if schema_editor.connection.vendor == "postgresql" else using
        return super().create_sql(model, schema_editor, using, **kwargs)


class OwnerIndex(models.Index):
    """By owner and time, for reading some services or hosts; on SQLite by slots of time, and by owner within a slot.

    Samples come in the order of time. Sorted by owner first, those of each land on a page of its own, and SQLite writes
    whole pages, twice; within a slot they share a few, and who reads names the slots. PostgreSQL keeps pages in memory.
    """

    def create_sql(self, model: type[models.Model], schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """As `Index.create_sql`."""
        if schema_editor.connection.vendor == "postgresql":
            return super().create_sql(model, schema_editor, using, **kwargs)
        owner, at = self.fields
        by_slot = models.Index(models.F(at) / SLOT, models.F(owner), name=self.name)
        return by_slot.create_sql(model, schema_editor, using, **kwargs)


_INCREASES = {(c.entity, c.name) for c in COLUMNS if c.is_increase}


def is_increase(entity: Entity, name: str) -> bool:
    """True where a sample holds an increase over its span, False where it holds a level."""
    return (entity, name) in _INCREASES


def rolled(entity: Entity, name: str, *, peaks: bool = False) -> tuple[str, ...]:
    """The columns of a rollup that stand for one column of the samples.

    An increase becomes its sum and the seconds that the sum covers (rate = sum / seconds), with `peaks` also the
    smallest and greatest rate of a sample; a level becomes its mean, smallest and greatest value.
    """
    if not is_increase(entity, name):
        return name, f"{name}_min", f"{name}_max"
    return (name, f"{name}_span", *((f"{name}_rate_min", f"{name}_rate_max") if peaks else ()))


def aggregated(entity: Entity, name: str, *, peaks: bool = False) -> tuple[str, ...]:
    """SQL that computes the columns of `rolled` from samples; in 8 bytes while adding up."""
    figure = f'CAST("{name}" AS double precision)'
    if is_increase(entity, name):
        span = 'CAST("span" AS double precision)'
        sums = f"SUM({figure})", f'SUM(CASE WHEN "{name}" IS NULL THEN NULL ELSE {span} END)'
        rate = _rate(figure, span)
        return (*sums, f"MIN({rate})", f"MAX({rate})") if peaks else sums
    return f"AVG({figure})", f'MIN("{name}")', f'MAX("{name}")'


def _rate(figure: str, span: str) -> str:
    """Null where the span is unknown or the rate is too great to be a measurement; one too small is 0."""
    least, greatest = f"{LEAST:.0e} * {span}", f"{GREATEST:.0e} * {span}"
    whole = f"CASE WHEN ABS({figure}) < {least} THEN 0.0 ELSE {figure} / {span} END"
    return f"CASE WHEN {span} > 0 AND ABS({figure}) <= {greatest} THEN {whole} END"


def sample_figures(entity: Entity) -> Callable[[_Table], _Table]:
    """Give a table of samples the number columns of `entity`."""
    return _with(columns_of(entity))


def rollup_figures(entity: Entity, *, peaks: bool = False) -> Callable[[_Table], _Table]:
    """Give a table of rollups its number columns."""
    return _with(tuple(column for name in columns_of(entity) for column in rolled(entity, name, peaks=peaks)))


def _with(names: tuple[str, ...]) -> Callable[[_Table], _Table]:
    def decorate(table: _Table) -> _Table:
        for name in names:
            RealField(null=True).contribute_to_class(table, name)
        return table

    return decorate
