"""On SQLite, find the samples of an owner by slots of time, so that writing them only appends: see `OwnerIndex`.

PostgreSQL keeps its indexes; only the name of their class changes. Four million samples take SQLite about six seconds.
"""

from __future__ import annotations

from django.db import migrations

from advisor.store.columns import OwnerIndex

INDEXES = (
    ("hostsample", "host_id", "store_host_host_at"),
    ("partsample", "owner_id", "store_part_owner_at"),
    ("processsample", "service_id", "store_process_service_at"),
)


class _OnSqlite:
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "sqlite":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class _Remove(_OnSqlite, migrations.RemoveIndex):
    pass


class _Add(_OnSqlite, migrations.AddIndex):
    pass


class Migration(migrations.Migration):
    dependencies = [("store", "0018_series_and_contents")]

    operations = [
        *(_Remove(model_name=model, name=name) for model, _, name in INDEXES),
        *(_Add(model_name=model, index=OwnerIndex(fields=(owner, "at"), name=name)) for model, owner, name in INDEXES),
    ]
