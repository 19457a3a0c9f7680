"""Turns rows into records and keeps them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from advisor.fleet.text import clean
from advisor.store.events import put
from advisor.store.insert import Record, insert
from advisor.store.marks import mark
from advisor.store.rows import HostRow, PartRow, ProcessRow, Rows
from advisor.store.tables import HOST, MICROSECONDS, PART, PROCESS, Table

GREATEST = 1e30
LEAST = 1e-30
"""Figures beyond these are no measurements: greater ones are left out, smaller ones are zero.

Numbers of 4 bytes reach 3.4e38 and 1.2e-38; the rest is room for the sums and means of a rollup,
since PostgreSQL refuses to round what overflows or underflows.
"""


def write(rows: Rows) -> None:
    """Keep samples and events, inside the caller's transaction and as its last statements.

    A sample is known by its series and `time_us`. One that is there already fills only the columns that are
    null, so the same rows again change nothing. Figures that are not finite are left out. An event that is
    there already is replaced: what is told later knows more.
    """
    minutes = insert(HOST, [_host(row) for row in rows.hosts])
    minutes |= insert(PROCESS, [_process(row) for row in rows.processes])
    minutes |= insert(PART, [_part(row) for row in rows.parts])
    put(rows.events)
    mark(minutes)


def _host(row: HostRow) -> Record:
    return (row.host_id, *_moment(row), *_figures(HOST, row.values))


def _process(row: ProcessRow) -> Record:
    return (row.service_id, row.instance_id, *_moment(row), *_figures(PROCESS, row.values), row.latency)


def _part(row: PartRow) -> Record:
    series = (row.owner_id, row.instance_id, row.kind.value, clean(row.name, 255))
    return (*series, *_moment(row), *_figures(PART, row.values), row.histogram)


def _moment(row: HostRow | ProcessRow | PartRow) -> tuple[int, int, float]:
    offset = row.clock_offset if math.isfinite(row.clock_offset) else 0.0
    span = row.span if LEAST <= row.span <= GREATEST else 0.0
    return row.time_us, row.time_us + round(offset * MICROSECONDS), span


def _figures(table: Table, values: Mapping[str, float]) -> list[float | None]:
    found = map(values.get, table.figures)
    return [value if value is None or LEAST <= abs(value) <= GREATEST else _odd(value) for value in found]


def _odd(value: float) -> float | None:
    """What becomes of a figure that is too small, too great or no number."""
    return 0.0 if abs(value) < LEAST else None
