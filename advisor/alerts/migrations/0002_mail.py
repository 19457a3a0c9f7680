"""Mail is there from the start; whom it reaches is `settings.MAIL_TO` until somebody says otherwise."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add_mail(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("alerts", "Channel").objects.get_or_create(
        kind="email", defaults={"name": "Mail", "config": {"to": []}}
    )


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial")]
    operations = [migrations.RunPython(add_mail, migrations.RunPython.noop)]
