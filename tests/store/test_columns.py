"""A metric of the vocabulary is a column of the tables, and nothing else is."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection, models

from advisor.store.columns import is_increase, rolled
from advisor.store.models import HostMinute, HostSample, PartMinute, PartSample, ProcessMinute, ProcessSample
from advisor.vocabulary import COLUMNS, Entity, columns_of

TABLES = {
    Entity.PROCESS: (ProcessSample, ProcessMinute),
    Entity.HOST: (HostSample, HostMinute),
    Entity.PART: (PartSample, PartMinute),
}


@pytest.mark.parametrize("entity", Entity)
def test_every_metric_has_its_columns(entity: Entity) -> None:
    sample, minute = ({field.column for field in table._meta.get_fields()} for table in TABLES[entity])  # type: ignore[union-attr]  # no relations

    assert set(columns_of(entity)) <= sample
    assert {column for name in columns_of(entity) for column in rolled(entity, name)} <= minute


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


def test_real_fields_are_plain_floats_to_django() -> None:
    assert isinstance(ProcessSample._meta.get_field("requests"), models.FloatField)
