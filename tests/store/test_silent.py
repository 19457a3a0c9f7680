"""Who was silent for longer than anything of them is kept goes, and nobody else."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from advisor.fleet import tokens
from advisor.fleet.models import Host, Instance, Service, Token
from advisor.pipeline.models import Schedule
from advisor.recommendations.models import LimitOverride, Recommendation, RuleVerdict, ServiceSummary
from advisor.store import retention, samples, silent
from advisor.store.models import PartName, Stream
from tests.store.builders import (
    WHEN,
    disk_row,
    event_row,
    host,
    host_row,
    instance,
    keep,
    process_row,
    route_row,
    service,
    us,
)

pytestmark = pytest.mark.django_db

ALONG = (RuleVerdict, ServiceSummary, Schedule)
LATER = WHEN + timedelta(days=403)
"""400 days, as long as hours are kept, and what is left to pruning that is late."""


def left() -> tuple[int, int, int]:
    return Instance.objects.count(), Service.objects.count(), Host.objects.count()


def test_who_was_silent_for_longer_than_anything_is_kept_goes() -> None:
    one = instance(service(), host())
    RuleVerdict.objects.create(service=one.service, rule="x", verdict="clear", evaluated_at=1.0)
    ServiceSummary.objects.create(service=one.service, stand="calm", sentence="Calm.", at=1.0)
    Schedule.objects.create(service=one.service, due_at=WHEN)

    assert samples.forget_silent(WHEN + timedelta(days=401), ALONG) == 0
    assert left() == (1, 1, 1)
    assert samples.forget_silent(LATER, ALONG) == 3
    assert left() == (0, 0, 0)


def test_nothing_that_is_kept_is_left_without_its_process() -> None:
    """Written at the last moment, and pruned as it is every day, it is gone before its owner goes."""
    machine = host()
    one = instance(service(), machine)
    keep(process_row(one, 0, requests=1), host_row(machine, 0, load_1m=1), event_row(one, 0, "x"))
    keep(route_row(one, 0, "GET /", count=1), disk_row(machine, 0, "sda", busy=1))
    PartName.objects.create(
        owner_id=one.service_id, instance_id=one.pk, kind="route", name="GET /", token_id=1, seen_at=us(0)
    )
    Stream.objects.create(key=b"k" * 16, time=us(0), token_id=1, start=0)
    samples.roll_up(WHEN + timedelta(hours=2))
    for days in range(0, 403, 31):
        samples.prune(WHEN + timedelta(days=days))
        samples.forget_silent(WHEN + timedelta(days=days), ALONG)
        assert left() == (1, 1, 1)
    samples.prune(LATER)

    assert samples.forget_silent(LATER, ALONG) == 3
    assert [table for kept in retention.CLASSES for table, _ in kept.tables if table._base_manager.exists()] == []


def test_a_quiet_but_recent_one_stays_and_keeps_its_service_and_machine() -> None:
    shop, machine = service(), host()
    instance(shop, machine, pid=1)
    recent = instance(shop, machine, pid=2)
    Instance.objects.filter(pk=recent.pk).update(last_seen=LATER - timedelta(days=300))

    assert samples.forget_silent(LATER, ALONG) == 1
    assert list(Instance.objects.all()) == [recent]
    assert left() == (1, 1, 1)


@pytest.mark.parametrize("table", [Recommendation, LimitOverride])
def test_a_service_stays_while_advice_or_a_note_of_a_user_points_at_it(table: type[models.Model]) -> None:
    shop = service()
    instance(shop, host())
    of_user = {"entry": "x", "limit": "y", "value": 1.0, "reason": "ours", "set_at": WHEN}
    of_rule = {"rule": "x", "state": "resolved", "severity": "warning", "title": "t", "formed_at": WHEN}
    table._default_manager.create(service=shop, **(of_rule if table is Recommendation else of_user))

    samples.forget_silent(LATER, ALONG)

    assert left() == (0, 1, 0)
    assert table._default_manager.count() == 1


def test_events_keep_the_process_that_told_them() -> None:
    """They are no sign of life: who tells of nothing else was seen last when it was met."""
    one = instance(service(), host())
    keep(event_row(one, timedelta(days=390).total_seconds(), "x"))

    assert samples.forget_silent(LATER, ALONG) == 0
    samples.prune(LATER + timedelta(days=30))
    assert samples.forget_silent(LATER + timedelta(days=30), ALONG) == 3


@pytest.mark.parametrize(("change", "hosts"), [({}, 1), ({"revoked_at": WHEN}, 0), ({"expires_at": WHEN}, 0)])
def test_a_machine_stays_while_a_good_token_is_bound_to_it(change: dict[str, Any], hosts: int) -> None:
    token, _ = tokens.make(Token.Kind.HOST, host=host())
    Token.objects.filter(pk=token.pk).update(**change)

    samples.forget_silent(LATER, ALONG)

    assert (Host.objects.count(), Token.objects.count()) == (hosts, hosts)


def test_a_setting_keeps_them_longer(settings: Settings) -> None:
    instance(service(), host())
    settings.KEEP_SILENT_DAYS = 500.0
    assert samples.forget_silent(LATER, ALONG) == 0
    assert samples.forget_silent(LATER + timedelta(days=100), ALONG) == 3


def test_they_go_in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silent, "_SLICE", 2)
    shop = service()
    for pid in range(1, 6):
        instance(shop, pid=pid)
    with CaptureQueriesContext(connection) as queries:
        samples.forget_silent(LATER, ALONG)

    deletes = [query for query in queries if query["sql"].startswith('DELETE FROM "fleet_instance"')]
    assert len(deletes) >= 3
    assert left() == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_stopping_midway_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silent, "_SLICE", 1)
    for name in ("a", "b"):
        instance(service(name))
    with monkeypatch.context() as patch:
        patch.setattr(silent, "failpoint", lambda name: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            samples.forget_silent(LATER, ALONG)
    assert left() == (1, 2, 0)

    assert samples.forget_silent(LATER, ALONG) == 3
    assert left() == (0, 0, 0)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_somebody_is_at_is_left_to_the_next_time() -> None:
    def forget() -> None:
        samples.forget_silent(LATER, ALONG)
        connection.close()

    shop = service()
    with transaction.atomic():
        Service.objects.select_for_update().get(pk=shop.pk)
        beside = threading.Thread(target=forget)
        beside.start()
        beside.join()
        assert left() == (0, 1, 0)
    assert samples.forget_silent(LATER, ALONG) == 1


def test_by_default_they_stay_as_long_as_the_longest_class_that_names_them() -> None:
    owners = ("service_id", "host_id", "owner_id")
    named = [
        kept.seconds / retention.DAY
        for kept in retention.CLASSES
        if any(hasattr(table, column) for table, _ in kept.tables for column in owners)
    ]
    assert len(named) == 5
    assert max(named) == django_settings.KEEP_SILENT_DAYS
