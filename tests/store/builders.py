"""Small makers of fleets and rows for the tests of the store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from advisor.fleet.models import Host, Instance, Service
from advisor.store import marks, samples
from advisor.store.rows import EventRow, HostRow, PartRow, ProcessRow, Rows
from advisor.vocabulary import PartKind

START = 1_763_870_400.0
"""2025-11-23 04:00 UTC: a full minute."""

WHEN = datetime.fromtimestamp(START, UTC)


def us(seconds: float) -> int:
    """`START` plus some seconds, as a row has it."""
    return round((START + seconds) * 1_000_000)


def host(name: str = "web-1", **more: Any) -> Host:
    return Host.objects.create(key=name, name=name, first_seen=WHEN, last_seen=WHEN, **more)


def service(name: str = "checkout") -> Service:
    return Service.objects.create(name=name, serves=True, first_seen=WHEN, last_seen=WHEN)


def instance(of: Service, on: Host | None = None, pid: int = 1, **more: Any) -> Instance:
    key = f"{of.name}:{on.name if on else ''}:{pid}"
    return Instance.objects.create(service=of, host=on, key=key, pid=pid, first_seen=WHEN, last_seen=WHEN, **more)


def process_row(of: Instance, seconds: float, latency: bytes | None = None, **values: float) -> ProcessRow:
    return ProcessRow(of.service_id, of.pk, us(seconds), 10.0, 0.0, values, latency)


def host_row(of: Host, seconds: float, **values: float) -> HostRow:
    return HostRow(of.pk, us(seconds), 10.0, 0.0, values)


def route_row(of: Instance, seconds: float, name: str, **values: float) -> PartRow:
    return PartRow(of.service_id, of.pk, us(seconds), 10.0, 0.0, PartKind.ROUTE, name, values)


def disk_row(of: Host, seconds: float, name: str, **values: float) -> PartRow:
    return PartRow(of.pk, 0, us(seconds), 10.0, 0.0, PartKind.DISK, name, values)


def event_row(of: Instance, seconds: float, name: str, ordinal: int = 0, **said: str | float) -> EventRow:
    return EventRow(of.service_id, of.pk, us(seconds), 0.0, name, ordinal, said)


def at_the_time_of(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """What is written from now on is written so long after `START`; else everything here comes months late."""
    monkeypatch.setattr(marks, "time", lambda: START + seconds)


def keep(*rows: HostRow | ProcessRow | PartRow | EventRow) -> None:
    """Write rows in a transaction of their own."""
    sorted_rows = Rows(
        [row for row in rows if isinstance(row, HostRow)],
        [row for row in rows if isinstance(row, ProcessRow)],
        [row for row in rows if isinstance(row, PartRow)],
        [row for row in rows if isinstance(row, EventRow)],
    )
    with transaction.atomic():
        samples.write(sorted_rows)


def stored(table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of all rows of a table, sorted."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
        return sorted(cursor.fetchall(), key=lambda row: [(value is None, value) for value in row])
