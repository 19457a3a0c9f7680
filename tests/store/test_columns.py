"""A metric of the vocabulary is a column of the tables, and nothing else is."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from advisor.store.columns import is_increase, rolled
from advisor.store.models import ProcessMinute
from advisor.store.tables import TABLES, Table
from advisor.vocabulary import COLUMNS, Entity, columns_of


@pytest.mark.parametrize("table", TABLES)
def test_every_metric_has_its_columns(table: Table) -> None:
    fields = {model._meta.db_table: {f.column for f in model._meta.fields} for model in apps.get_models()}

    assert set(columns_of(table.entity)) <= fields[table.samples]
    for rollup in (table.minutes, table.hours):
        names = {column for name in columns_of(table.entity) for column in rollup.rolled(name)}
        assert names <= fields[rollup.table]


def test_an_increase_has_its_extremes_where_a_mean_would_hide_them() -> None:
    assert rolled(Entity.PROCESS, "requests") == ("requests", "requests_span")
    assert rolled(Entity.PROCESS, "requests", peaks=True)[2:] == ("requests_rate_min", "requests_rate_max")
    assert rolled(Entity.PROCESS, "threads") == rolled(Entity.PROCESS, "threads", peaks=True)


def test_a_name_means_an_increase_or_a_level_in_all_parts_of_an_entity() -> None:
    for column in COLUMNS:
        assert is_increase(column.entity, column.name) == column.is_increase, column


@pytest.mark.django_db
def test_the_migrations_make_what_the_vocabulary_says() -> None:
    call_command("makemigrations", "--check", "--dry-run", "store", verbosity=0)


@pytest.mark.django_db
def test_numbers_take_four_bytes_where_the_database_has_them() -> None:
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, "store_processsample")
    kinds = {connection.introspection.get_field_type(one.type_code, one) for one in described if one.name == "requests"}

    assert kinds == {"FloatField"}
    assert {one.type_code for one in described if one.name == "requests"} == (
        {700} if connection.vendor == "postgresql" else {"REAL"}
    )


@pytest.mark.django_db
def test_samples_lie_by_time_on_sqlite_and_have_block_ranges_on_postgresql() -> None:
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "store_processsample")
    (key,) = (one["columns"] for one in constraints.values() if one["primary_key"])

    if connection.vendor == "sqlite":
        assert key == ["time", "service_id", "instance_id"]
        assert constraints["store_process_service_at"]["columns"] == [None, "service_id"], "the slot, then the owner"
    else:
        assert constraints["store_process_service_at"]["columns"] == ["service_id", "at"]
        assert key == ["service_id", "instance_id", "time"]
        assert constraints["store_process_at"]["type"] == "brin"


@pytest.mark.postgresql
@pytest.mark.django_db
def test_only_what_goes_by_whole_days_has_block_ranges() -> None:
    """Where rows go one by one new ones take their place, and a range comes to span all of the time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT whole.relname, whole.relkind = 'p' OR whole.relispartition FROM pg_index "
            "JOIN pg_class AS tree ON tree.oid = indexrelid JOIN pg_am ON pg_am.oid = tree.relam "
            "JOIN pg_class AS whole ON whole.oid = indrelid WHERE amname = 'brin'"
        )
        found = dict(cursor.fetchall())
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'store_%' AND indexdef ~ '[(](minute|hour)[)]'"
        )
        trees = [definition for (definition,) in cursor.fetchall() if "USING btree" in definition]

    assert {table.samples for table in TABLES} <= found.keys()
    assert all(found.values()), found
    assert len(trees) == 1 + 2 * len(TABLES), "the marks of minutes, and each rollup"


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["store_processminute", "store_hosthour", "store_processhour", "store_parthour"])
def test_rollups_lie_by_their_key_on_sqlite(table: str) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
            assert cursor.fetchone()[0].endswith("WITHOUT ROWID")


def test_real_fields_are_plain_floats_to_django() -> None:
    assert isinstance(apps.get_model("store", "ProcessSample")._meta.get_field("requests"), models.FloatField)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_a_minute_with_four_fifths_of_its_figures_lies_on_one_page() -> None:
    """Of a longer row a page keeps a quarter, and the rest takes pages of its own (SQLite, "B-tree Cell Format")."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_size")
        (page,) = cursor.fetchone()
    columns, distribution = len(ProcessMinute._meta.fields), 200
    assert columns + 8 * 0.8 * columns + distribution <= (page - 12) * 64 // 255 - 23
