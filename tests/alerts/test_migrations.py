"""What is there after `migrate`."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from advisor.alerts.models import Channel


@pytest.mark.django_db
def test_mail_is_there_from_the_start_and_only_once() -> None:
    add_mail = import_module("advisor.alerts.migrations.0002_mail").add_mail
    Channel.objects.all().delete()
    for _ in range(2):
        add_mail(apps, connection.schema_editor())
    found = Channel.objects.get()
    assert (found.kind, found.name, found.config, found.enabled) == ("email", "Mail", {"to": []}, True)
