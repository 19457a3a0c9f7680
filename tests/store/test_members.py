"""Members: what windows tell of processes."""

from __future__ import annotations

import pytest

from advisor.features.window import Track
from advisor.fleet.models import Instance
from advisor.store.fetch import Condition
from advisor.store.members import members
from tests.store.builders import host, instance, service

pytestmark = pytest.mark.django_db


def test_windows_tell_of_a_process_what_its_row_does() -> None:
    first, second = instance(service(), host(), 1), instance(service("b"), None, 2)
    said = {"role": "worker", "script": "/srv/app.js", "worker_id": 3, "runtime": "nodejs", "service_version": "1.2"}
    Instance.objects.filter(pk=first.pk).update(started_at=7.5, container="abc", **said)
    found = members(Condition("TRUE", ()))

    assert [(one.id, one.service_id) for one in found] == [(one.pk, one.service_id) for one in (first, second)]
    window = found[0].window(Track.__new__(Track), ())
    assert (window.id, window.host_id, window.pid, window.started) == (first.pk, first.host_id, 1, 7.5)
    assert (window.role, window.script, window.worker, window.runtime) == ("worker", "/srv/app.js", 3, "nodejs")
    assert (window.version, window.container) == ("1.2", "abc")
    assert found[1].host_id is None
