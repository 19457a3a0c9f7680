"""On PostgreSQL, find rollups and events by time in a tree instead of by block ranges, which wear out: see `TimeIndex`.

All trees are made before the first range is dropped: dropping locks out readers until the migration ends. SQLite had
trees already; only the name of their class changes.
"""

from __future__ import annotations

from django.db import migrations, models

INDEXES = (
    ("event", "at", "store_event_at"),
    ("hosthour", "hour", "store_host_hour"),
    ("hostminute", "minute", "store_host_minute"),
    ("parthour", "hour", "store_part_hour"),
    ("partminute", "minute", "store_part_minute"),
    ("processhour", "hour", "store_process_hour"),
    ("processminute", "minute", "store_process_minute"),
)


def _made_as(kind):
    def make(apps, schema_editor):
        if schema_editor.connection.vendor != "postgresql":
            return
        for model, column, name in INDEXES:
            schema_editor.execute(f'CREATE INDEX {name}_new ON store_{model} USING {kind} ("{column}")')
        for _, _, name in INDEXES:
            schema_editor.execute(f"DROP INDEX {name}")
            schema_editor.execute(f"ALTER INDEX {name}_new RENAME TO {name}")

    return make


class Migration(migrations.Migration):
    dependencies = [("store", "0019_slots")]

    operations = [
        migrations.RunPython(_made_as("btree"), _made_as("brin")),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                operation
                for model, column, name in INDEXES
                for operation in (
                    migrations.RemoveIndex(model, name),
                    migrations.AddIndex(model, models.Index(fields=[column], name=name)),
                )
            ]
        ),
    ]
