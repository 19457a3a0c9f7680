"""The migration to a table a day: what is stored stays, nobody is refused, and stopping midway does no harm."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

import advisor.store.migrations
from advisor.store import partitions
from advisor.store.models import RollupMark
from tests.store.builders import stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

OLD = "store_old"


def now_and(**more: float) -> int:
    return round((datetime.now(UTC) + timedelta(**more)).timestamp() * 1_000_000)


def say(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def put(*times: int) -> None:
    for time in times:
        say(f"INSERT INTO {OLD} (host_id, time, at, span) VALUES (1, {time}, {time}, 10)")


def times() -> list[int]:
    return [time for (time,) in stored(OLD, "time")]


def divide(migration: ModuleType) -> None:
    with connection.schema_editor(atomic=False) as editor:
        migration.divide(apps, editor)


@pytest.fixture
def migration(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The migration, with a table to divide that looks as the samples of hosts did before."""
    (path,) = Path(advisor.store.migrations.__path__[0]).glob("*_day_partitions.py")
    module = importlib.import_module(f"advisor.store.migrations.{path.stem}")
    monkeypatch.setattr(module, "SAMPLES", (OLD,))
    say(f"CREATE TABLE {OLD} (LIKE store_hostsample INCLUDING DEFAULTS, PRIMARY KEY (host_id, time))")
    say(f"CREATE INDEX store_old_host_at ON {OLD} (host_id, at)")
    say(f"CREATE INDEX store_old_at ON {OLD} USING brin (at)")
    yield module
    say(f"DROP TABLE {OLD}")


def indexes() -> dict[str, Any]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, OLD)
    return {name: (one["columns"], one["type"], one["primary_key"]) for name, one in found.items() if one["index"]}


def test_every_row_stays_and_so_do_the_indexes(migration: ModuleType) -> None:
    before, kept = indexes(), sorted([now_and(days=-700), now_and(hours=-1), now_and(), now_and(days=700)])
    put(*kept)
    divide(migration)

    assert times() == kept
    assert indexes() == before
    assert [one.name for one in partitions.of(OLD) if not one.is_day] == ["store_old_default", "store_old_before"]
    assert RollupMark.objects.filter(minute=kept[-1] // 60_000_000).exists()


def test_an_empty_table_begins_with_today(migration: ModuleType) -> None:
    divide(migration)
    put(now_and())
    today = f"{OLD}_{datetime.now(UTC):%Y%m%d}"
    assert today in [one.name for one in partitions.of(OLD)]
    assert stored(today, "host_id") == [(1,)]
    assert not [one for one in partitions.of(OLD) if one.name.endswith("before")]


def test_nobody_is_refused_where_it_stops_midway(migration: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(name: str) -> None:
        assert name == "migrate.midway"
        raise ConnectionError

    put(now_and(days=-1), now_and(days=900))
    with monkeypatch.context() as patch:
        patch.setattr(migration, "failpoint", stop)
        with pytest.raises(ConnectionError):
            divide(migration)
    put(now_and(), now_and(days=901))

    divide(migration)
    assert len(times()) == 4


def test_what_came_before_is_dropped_like_a_day(migration: ModuleType) -> None:
    put(now_and(days=-3))
    divide(migration)
    RollupMark.objects.all().delete()
    assert partitions.drop(OLD, now_and(days=1)) == 0
    assert partitions.drop(OLD, now_and(days=partitions.AHEAD + 1)) >= 1
    assert times() == []
