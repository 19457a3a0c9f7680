"""On PostgreSQL the samples go into a table a day (see `advisor.store.partitions`); Django's view of them stays.

What is stored becomes the first partition, which takes the time until the day after tomorrow. Proving that nothing in
it is later takes seconds where there are millions of rows, so it is done beside those who read and write: while it
lasts a trigger leads what is later into the default partition. Only then is the table put into its place, which takes
milliseconds. Every step may run again: stopping midway loses nothing.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from django.db import migrations, transaction

from advisor.store import partitions
from advisor.store.failpoint import failpoint

SAMPLES = ("store_processsample", "store_hostsample", "store_partsample")


def divide(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    now = datetime.now(UTC)
    later = (int(now.timestamp() * 1_000_000) // partitions.DAY + partitions.AHEAD) * partitions.DAY
    for table in SAMPLES:
        if not _is_divided(connection, table):
            _prove(connection, table, later)
            failpoint("migrate.midway")
            _patiently(f"divide {table}", lambda cursor, table=table: _exchange(cursor, table, later))
        partitions.make(table, now)


def _is_divided(connection, table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relkind = 'p' FROM pg_class WHERE oid = %s::regclass", [table])
        return cursor.fetchone()[0]


def _patiently(what, change):
    """Change something as soon as nobody would wait long for it."""
    while True:
        with partitions.a_turn(what) as cursor:
            change(cursor)
            return
        time.sleep(1.0)  # those who waited behind it have their turn


def _prove(connection, table, later):
    """Have it proven to PostgreSQL that the table holds nothing of `later`, or after."""
    _patiently(f"lead away what {table} takes no more", lambda cursor: _lead_away(cursor, table, later))
    with connection.cursor() as cursor:
        with transaction.atomic():
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(
                f'WITH moved AS (DELETE FROM {table} WHERE "time" >= {later} RETURNING *) '  # noqa: S608
                f"INSERT INTO {table}_default SELECT * FROM moved"
            )
        with transaction.atomic():
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {table}_later")


def _lead_away(cursor, table, later):
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {table}_default (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)")
    cursor.execute(
        f"CREATE OR REPLACE FUNCTION {table}_later() RETURNS trigger LANGUAGE plpgsql AS "  # noqa: S608
        f"$$ BEGIN INSERT INTO {table}_default VALUES (NEW.*); RETURN NULL; END $$"
    )
    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_later ON {table}")
    cursor.execute(
        f"CREATE TRIGGER {table}_later BEFORE INSERT ON {table} FOR EACH ROW "
        f'WHEN (NEW."time" >= {later}) EXECUTE FUNCTION {table}_later()'
    )
    cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_later")
    cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT {table}_later CHECK ("time" < {later}) NOT VALID')


def _exchange(cursor, table, later):
    """Put a table of days in the place of the table, with the same indexes, and the table below it."""
    before = f"{table}_before"
    cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    indexes = _indexes(cursor, table)
    for name, _ in indexes:
        cursor.execute(f"ALTER INDEX {name} RENAME TO {name}_before")
    cursor.execute(f"DROP TRIGGER {table}_later ON {table}")
    cursor.execute(f"DROP FUNCTION {table}_later()")
    cursor.execute(f"ALTER TABLE {table} RENAME TO {before}")
    cursor.execute(f'CREATE TABLE {table} (LIKE {before} INCLUDING DEFAULTS) PARTITION BY RANGE ("time")')
    for _, definition in indexes:
        cursor.execute(definition)
    cursor.execute(f"SELECT EXISTS (SELECT FROM {before})")  # noqa: S608
    if cursor.fetchone()[0]:
        cursor.execute(f"ALTER TABLE {table} ATTACH PARTITION {before} FOR VALUES FROM (MINVALUE) TO ({later})")
        cursor.execute(f"ALTER TABLE {before} DROP CONSTRAINT {table}_later")
    else:
        cursor.execute(f"DROP TABLE {before}")
    cursor.execute(f"ALTER TABLE {table} ATTACH PARTITION {table}_default DEFAULT")
    # A rollup that ran in between did not see what had been led away.
    cursor.execute(
        f'INSERT INTO store_rollupmark SELECT DISTINCT "at" / 60000000 FROM {table}_default ON CONFLICT DO NOTHING'  # noqa: S608
    )


def _indexes(cursor, table):
    """(name, how to make it) of the indexes of a table, the primary key's as a constraint."""
    cursor.execute(
        "SELECT index.relname, COALESCE("
        "'ALTER TABLE ' || indrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname) || ' ' "
        "|| pg_get_constraintdef(pg_constraint.oid), pg_get_indexdef(indexrelid)) "
        "FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid "
        "LEFT JOIN pg_constraint ON conindid = indexrelid AND contype = 'p' WHERE indrelid = %s::regclass",
        [table],
    )
    return cursor.fetchall()


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("store", "0014_left_out")]

    operations = [migrations.RunPython(divide, migrations.RunPython.noop)]
