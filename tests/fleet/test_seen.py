"""Many rows at once: what is fresh stays, what others hold is left to them."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from advisor.fleet import seen, tokens
from advisor.fleet.models import Host, Instance, Token
from tests.fleet.builders import BY_AGENT, BY_PROBE, NOW, only, resolve

LATER = NOW + timedelta(seconds=6)


def _host(name: str, ago: float = 0.0) -> Host:
    moment = NOW - timedelta(seconds=ago)
    return Host.objects.create(key=name, name=name, first_seen=moment, last_seen=moment)


@pytest.mark.django_db
def test_only_what_was_not_seen_lately_is_written_and_only_what_is_named() -> None:
    old, fresh, other = _host("old", ago=4), _host("fresh", ago=2), _host("other", ago=9)
    seen.touch(Host, "last_seen", [old.pk, fresh.pk], NOW, timedelta(seconds=3))

    moments = {host.pk: (NOW - host.last_seen).total_seconds() for host in Host.objects.all()}
    assert moments == {old.pk: 0, fresh.pk: 2, other.pk: 9}


@pytest.mark.django_db
def test_a_moment_never_goes_back_and_one_that_is_not_there_is_written() -> None:
    host, token = _host("a"), tokens.make(Token.Kind.API)[0]
    seen.touch(Host, "last_seen", [host.pk], NOW - timedelta(seconds=9))
    seen.touch(Token, "last_used_at", [token.pk], NOW, timedelta(seconds=3))

    assert only(Host).last_seen == only(Token).last_used_at == NOW


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_another_process_is_writing_is_left_to_it() -> None:
    held, free = _host("held"), _host("free")
    holds, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Host.objects.select_for_update().get(pk=held.pk)
            holds.set()
            go_on.wait(30)
        connection.close()

    beside = threading.Thread(target=hold)
    beside.start()
    holds.wait(30)
    seen.touch(Host, "last_seen", [held.pk, free.pk], LATER)
    go_on.set()
    beside.join()

    assert dict(Host.objects.values_list("name", "last_seen")) == {"held": NOW, "free": LATER}


def test_services_are_told_of_those_that_are_there(committed: Token) -> None:
    one = resolve(BY_PROBE, committed)
    other = resolve({**BY_AGENT, "process.pid": 7}, committed)
    ids = [identity.instance_id or 0 for identity in (one, other)]
    Instance.objects.filter(pk=ids[1]).delete()

    (found,) = seen.services_of(ids)
    assert (*found[:2], bool(found[2]), found[3]) == (one.instance_id, one.service_id, True, "advisor-probe")


@pytest.mark.django_db
def test_nobody_is_asked_about_nothing(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        seen.touch(Host, "last_seen", [], NOW)
        assert seen.services_of([]) == []


@pytest.mark.django_db
@pytest.mark.parametrize("values", [[], [2], [-(2**62), 2, 3], ["2", 'a "b", {c}', "NULL", "\\"]])
def test_among_is_being_one_of_the_values_whatever_they_are(values: list[int | str]) -> None:
    column, others = ("id", [1, 2, 2**62]) if values and isinstance(values[0], int) else ("name", ["2", "a", "\\", "c"])
    listed, parameter = seen.among(values)
    rows = " UNION ALL ".join(f"SELECT %s AS {column}" for _ in others)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM ({rows}) AS said WHERE {column} {listed}", [*others, parameter])
        assert [row[0] for row in cursor.fetchall()] == [other for other in others if other in values]
