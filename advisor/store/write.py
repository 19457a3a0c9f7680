"""Turns rows into records and keeps them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain

import numpy as np

from advisor.fleet.text import clean
from advisor.store.columns import GREATEST, LEAST
from advisor.store.events import put
from advisor.store.insert import insert
from advisor.store.marks import mark
from advisor.store.meeting import Record
from advisor.store.rows import HostRow, PartRow, ProcessRow, Row, Rows
from advisor.store.tables import HOST, MICROSECONDS, PART, PROCESS


def write(rows: Rows) -> None:
    """Keep samples and events, inside the caller's transaction and as its last statements.

    A sample is known by its series and `time_us`. One that is there already fills only the columns that are
    null, so the same rows again change nothing; gains alone come on top. What differs from a figure that is
    known is left out and counted in the row. Figures that are not finite are left out. An event that is there
    already is replaced: what is told later knows more.
    """
    _clean((*rows.hosts, *rows.processes, *rows.parts))
    changed = {
        HOST.entity: insert(HOST, [_host(row) for row in rows.hosts]),
        PROCESS.entity: insert(PROCESS, [_process(row) for row in rows.processes]),
        PART.entity: insert(PART, [_part(row) for row in rows.parts]),
    }
    put(rows.events)
    mark(changed)


def _host(row: HostRow) -> Record:
    return Record((row.host_id, *_moment(row), *map(row.values.get, HOST.figures)), row, row.gains)


def _process(row: ProcessRow) -> Record:
    series = (row.service_id, row.instance_id)
    return Record((*series, *_moment(row), *map(row.values.get, PROCESS.figures), row.latency), row, row.gains)


def _part(row: PartRow) -> Record:
    series = (row.owner_id, row.instance_id, row.kind.value, clean(row.name, 255))
    return Record((*series, *_moment(row), *map(row.values.get, PART.figures), row.histogram), row, row.gains)


def _moment(row: Row) -> tuple[int, int, float]:
    offset = row.clock_offset if math.isfinite(row.clock_offset) else 0.0
    span = row.span if LEAST <= row.span <= GREATEST else 0.0
    return row.time_us, row.time_us + round(offset * MICROSECONDS), span


def _clean(rows: Sequence[Row]) -> None:
    """Take out of the rows what is no measurement. Nearly always that is nothing, which is seen at one look."""
    sizes = np.abs(np.fromiter(chain.from_iterable(row.values.values() for row in rows), np.float64))
    if (((sizes >= LEAST) & (sizes <= GREATEST)) | (sizes == 0.0)).all():
        return
    for row in rows:
        sound = ((name, _sound(value)) for name, value in row.values.items())
        row.values = {name: value for name, value in sound if value is not None}


def _sound(value: float) -> float | None:
    """The figure; 0 for one that is too small, None for one that is too great or no number."""
    if LEAST <= abs(value) <= GREATEST:
        return value
    return 0.0 if abs(value) < LEAST else None
