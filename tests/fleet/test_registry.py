"""What the registry remembers, when it asks, and what it writes by the way."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from advisor.fleet import registry, seen
from advisor.fleet.models import Host, Instance, Service, Token
from tests.fleet.builders import BY_AGENT, BY_PROBE, NOW, only, resolve

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "odd",
    [
        {"process.pid": "42", "service.name": 7, "host.name": ["a"]},
        {"process.pid": -1, "process.creation.time": "yesterday", "service.name": "a\x00b"},
        {"process.pid": 2**40, "process.creation.time": "2026-11-23T06:00:00", "service.name": "n" * 5000},
        {"process.pid": True, "advisor.cluster.role": "king", "service.instance.id": "i" * 5000, "host.id": "\ud800"},
        {},
    ],
)
def test_odd_resources_stop_nobody(odd: dict[str, Any], token: Token) -> None:
    assert resolve(odd, token) == resolve(odd, token)


def test_the_hot_path_asks_no_database(committed: Token) -> None:
    first = resolve(BY_PROBE, committed)
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        assert registry.resolve(BY_PROBE, committed, NOW + timedelta(seconds=4)) == first

    assert [query["sql"] for query in queries if not query["sql"].startswith(("BEGIN", "COMMIT"))] == []


def test_a_transaction_that_failed_leaves_no_identity_behind(committed: Token) -> None:
    with transaction.atomic():
        registry.resolve(BY_PROBE, committed, NOW)
        transaction.set_rollback(True)
    assert not Instance.objects.exists()

    identity = resolve(BY_PROBE, committed)

    assert only(Instance).pk == identity.instance_id


def test_that_a_process_reports_itself_is_known_of_the_agents_reports_of_it_too(committed: Token) -> None:
    assert not resolve(BY_AGENT, committed).has_inside
    resolve(BY_PROBE, committed)
    assert resolve(BY_AGENT, committed).has_inside


def test_an_sdk_is_no_probe_and_takes_nothing_from_one(committed: Token) -> None:
    sdk = {**BY_PROBE, "telemetry.sdk.name": "opentelemetry"}
    resolve(sdk, committed)
    assert (resolve(BY_AGENT, committed).has_inside, resolve(BY_AGENT, committed).has_probe) == (True, False)
    resolve(BY_PROBE, committed)
    assert resolve(BY_AGENT, committed).has_probe
    resolve({**sdk, "service.version": "2"}, committed)
    assert resolve(BY_AGENT, committed).has_probe


def test_when_everybody_was_seen_last_is_written_every_few_seconds(committed: Token) -> None:
    for seconds in (0, 3, 6):
        resolve(BY_PROBE, committed, NOW + timedelta(seconds=seconds))
        seen = {only(model).last_seen for model in (Host, Service, Instance)} | {only(Token).last_used_at}
        assert seen == {NOW + timedelta(seconds=6 if seconds == 6 else 0)}


def test_who_was_seen_is_written_a_few_at_a_time_and_a_piece_that_fails_holds_up_no_other(
    committed: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_AT_ONCE", 1)
    later = NOW + 2 * registry.SEEN_EVERY
    resolve(BY_AGENT, committed)
    with transaction.atomic():
        registry.resolve(BY_AGENT, committed, later)
    touch, touched = seen.touch, list[str]()

    def failing(model: Any, field: str, ids: list[int], *others: Any) -> None:
        touched.append(model.__name__)
        if model is Service:
            raise OSError("gone")
        touch(model, field, ids, *others)

    monkeypatch.setattr(seen, "touch", failing)
    assert registry.flush_some(later)
    assert touched == ["Host"]
    with pytest.raises(OSError, match="gone"):
        registry.flush_some(later)
    registry.flush(later)
    assert touched == ["Host", "Service", "Instance", "Token"]
    assert (Host.objects.get().last_seen, Instance.objects.get().last_seen) == (later, later)
    assert Service.objects.get().last_seen == NOW


def test_a_move_by_another_process_is_noticed(committed: Token) -> None:
    resolve(BY_PROBE, committed)
    other = Service.objects.create(name="other", serves=False, first_seen=NOW, last_seen=NOW)
    Instance.objects.update(service=other)

    resolve(BY_PROBE, committed, NOW + timedelta(seconds=6))

    assert resolve(BY_PROBE, committed, NOW + timedelta(seconds=7)).service_id == other.pk


def test_an_instance_that_was_deleted_is_made_anew(committed: Token) -> None:
    first = resolve(BY_PROBE, committed)
    Instance.objects.all().delete()
    resolve(BY_PROBE, committed, NOW + timedelta(seconds=6))

    again = resolve(BY_PROBE, committed, NOW + timedelta(seconds=7))

    assert again.instance_id != first.instance_id
    assert only(Instance).pk == again.instance_id


def test_processes_that_meet_a_new_instance_together_make_one(committed: Token) -> None:
    together, found = threading.Barrier(6), []

    def meet(resource: dict[str, Any]) -> None:
        together.wait()
        found.append(resolve(resource, committed).instance_id)
        connection.close()

    threads = [threading.Thread(target=meet, args=(resource,)) for resource in (BY_AGENT, BY_PROBE) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 6
    assert set(found) == {only(Instance).pk}
    assert only(Instance).service.name == "checkout"


def test_events_make_known_what_is_new_as_of_then(committed: Token) -> None:
    then = NOW - timedelta(hours=1)

    resolve(BY_PROBE, committed, heard_at=then)

    assert {only(model).last_seen for model in (Host, Service, Instance)} == {then}
    assert not only(Service).serves


def test_events_are_no_sign_of_life(committed: Token) -> None:
    first = resolve(BY_PROBE, committed)
    for seconds in (6, 12):
        later = NOW + timedelta(seconds=seconds)
        assert resolve(BY_PROBE, committed, later, heard_at=later) == first
    other = resolve(BY_PROBE | {"process.pid": 7, "service.name": "b"}, committed, NOW + timedelta(seconds=18))

    assert only(Instance, pk=first.instance_id).last_seen == NOW
    assert only(Service, pk=first.service_id).last_seen == NOW
    assert only(Instance, pk=other.instance_id).last_seen == NOW + timedelta(seconds=18)


def test_a_process_serves_with_its_first_sample_whatever_it_told_before(committed: Token) -> None:
    for _ in range(2):
        assert not resolve(BY_PROBE, committed, heard_at=NOW).serves

    assert resolve(BY_PROBE, committed).serves
    assert resolve(BY_PROBE, committed, heard_at=NOW).serves


def test_a_move_is_noticed_for_a_process_that_sends_events_alone(committed: Token) -> None:
    resolve(BY_PROBE, committed, heard_at=NOW)
    other = Service.objects.create(name="other", serves=False, first_seen=NOW, last_seen=NOW)
    Instance.objects.update(service=other)

    resolve(BY_PROBE, committed, NOW + timedelta(seconds=6), heard_at=NOW)

    assert resolve(BY_PROBE, committed, NOW + timedelta(seconds=7), heard_at=NOW).service_id == other.pk


def test_who_comes_back_after_it_was_deleted_is_new(committed: Token) -> None:
    first = resolve(BY_PROBE, committed)
    for hours in range(1, 40):
        resolve({"host.id": "m2"}, committed, NOW + timedelta(hours=hours))
    for model in (Instance, Service, Host):
        model._default_manager.filter(last_seen=NOW).delete()

    second = resolve(BY_PROBE, committed, NOW + timedelta(hours=40))

    assert (second.host_id, second.service_id, second.instance_id) == (
        only(Host, key="m1").pk,
        only(Service).pk,
        only(Instance).pk,
    )
    assert (second.host_id, second.instance_id) != (first.host_id, first.instance_id)


def test_who_comes_back_after_a_long_time_is_seen_at_once(committed: Token) -> None:
    """Pruning may look at any moment; else it is written every few seconds only."""
    resolve(BY_PROBE, committed)
    registry.forget()
    back = NOW + timedelta(days=500)
    resolve({"host.id": "m2"}, committed, back)

    resolve(BY_PROBE, committed, back + timedelta(seconds=1))

    seen = {only(Host, key="m1").last_seen, only(Instance).last_seen}
    assert seen == {back + timedelta(seconds=1)}


def test_who_is_deleted_while_it_comes_back_is_made_anew(committed: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(BY_PROBE, committed)
    registry.forget()
    asked = list[str]()

    def delete_first(row: Host | Instance, now: datetime) -> bool:
        asked.append(type(row).__name__)
        Instance.objects.all().delete()
        return is_there(row, now)

    is_there = registry._is_there
    monkeypatch.setattr(registry, "_is_there", delete_first)

    second = resolve(BY_PROBE, committed, NOW + timedelta(days=500))

    assert asked == ["Host", "Instance"]
    assert second.instance_id == only(Instance).pk
