"""A signed-in browser without a browser, and a small fleet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from advisor.fleet.models import Host, Instance, Service
from advisor.recommendations.models import ServiceSummary
from tests.pages.fleet import Cast


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create(username="owner")


@pytest.fixture
def page(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


@pytest.fixture
def cast(db: None) -> Cast:
    """One host with a service of two processes and one bystander, all seen just now."""
    now = datetime.now(UTC)
    seen = {"first_seen": now - timedelta(hours=1), "last_seen": now}
    host = Host.objects.create(key="h1", name="web-01", os="Debian 12", arch="amd64", **seen)
    service = Service.objects.create(name="checkout", serves=True, **seen)
    quiet = Service.objects.create(name="nightly", serves=False, **seen)
    processes = [
        Instance.objects.create(
            service=service, host=host, key=f"h1:{pid}", pid=pid, listening=1, inside="advisor-probe", **seen
        )
        for pid in (101, 102)
    ]
    Instance.objects.create(service=quiet, host=host, key="h1:200", pid=200, script="/srv/nightly.js", **seen)
    ServiceSummary.objects.create(service=service, stand="healthy", sentence="Nothing to do.", at=now.timestamp())
    return Cast(host, service, quiet, processes, now)
