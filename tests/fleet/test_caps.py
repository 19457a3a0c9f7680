"""Caps: what a token may bring, counted from the database, and what ended counts no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from advisor.fleet import caps, registry, tokens
from advisor.fleet.caps import Beyond, Cap, Kind
from advisor.fleet.models import Host, Instance, Service, Token
from tests.fleet.builders import AGENT, BY_AGENT, BY_PROBE, HOST, NOW, resolve

A, B = 1, 2


def process(number: int, service: str = "shop") -> dict[str, object]:
    return {**HOST, **AGENT, "service.name": service, "process.pid": number, "service.instance.id": f"i-{number}"}


def admit(cap: Cap, token_id: int, wanted: int, now: datetime) -> int:
    return cap.admit({token_id: wanted}, now)[token_id]


class Table:
    """What a database would hold, and how often it was asked."""

    def __init__(self) -> None:
        self.rows: dict[int, int] = {}
        self.asked: list[datetime] = []

    def __call__(self, since: datetime) -> Mapping[int, int]:
        self.asked.append(since)
        return dict(self.rows)


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def cap(table: Table, settings: Settings) -> Cap:
    settings.MOST_SERIES = 100
    return Cap(Kind.SERIES, table)


def test_it_starts_from_what_the_database_holds(cap: Cap, table: Table) -> None:
    table.rows = {A: 97}
    assert [admit(cap, A, 2, NOW), admit(cap, A, 2, NOW), admit(cap, A, 2, NOW), admit(cap, B, 2, NOW)] == [2, 1, 0, 2]
    assert table.asked == [NOW - caps.SILENT]


def test_two_that_count_apart_admit_a_twentieth_too_many(table: Table, settings: Settings) -> None:
    settings.MOST_SERIES = 100
    both = [Cap(Kind.SERIES, table), Cap(Kind.SERIES, table)]
    for turn in range(300):
        table.rows[A] = table.rows.get(A, 0) + admit(both[turn % 2], A, 1, NOW)
    assert 100 <= table.rows[A] <= 100 + 100 // caps.SHARE


def test_a_count_for_one_token_forgets_nothing_of_another(cap: Cap, table: Table) -> None:
    table.rows = {A: 94, B: 94}
    admit(cap, A, 5, NOW)
    assert cap.admit({B: 7, A: 7}, NOW) == {B: 6, A: 6}  # nothing of them was made, so the count finds none


def test_what_ended_makes_room_again(cap: Cap, table: Table) -> None:
    table.rows = {A: 100}
    assert admit(cap, A, 1, NOW) == 0
    table.rows = {A: 10}
    assert admit(cap, A, 1, NOW + caps.RECOUNT / 2) == 0
    assert admit(cap, A, 1, NOW + caps.RECOUNT) == 1


def test_one_that_was_heard_of_late_does_not_turn_the_clock_back(cap: Cap, table: Table) -> None:
    admit(cap, A, 5, NOW)
    admit(cap, A, 5, NOW - timedelta(hours=40))
    assert table.asked == [NOW - caps.SILENT] * 2


def test_what_a_failed_transaction_made_does_not_count(cap: Cap, table: Table) -> None:
    def fail(wanted: int) -> None:
        with caps.tentative():
            admit(cap, A, wanted, NOW)
            raise IntegrityError

    table.rows = {A: 98}
    admit(cap, B, 1, NOW)
    for _ in range(5):
        with pytest.raises(IntegrityError):
            fail(2)
    assert admit(cap, A, 2, NOW) == 2


@pytest.mark.django_db
def test_a_process_beyond_is_refused_and_who_is_there_goes_on(token: Token, settings: Settings) -> None:
    settings.MOST_INSTANCES = 2
    known = [resolve(process(number), token) for number in (1, 2)]
    with pytest.raises(Beyond) as caught:
        resolve(process(3), token)
    assert caught.value.kind is Kind.INSTANCES
    assert [resolve(process(number), token) for number in (1, 2)] == known
    assert resolve(process(3), tokens.make(Token.Kind.API)[0])  # another token notices nothing
    assert Instance.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(("cap", "kind"), [("MOST_HOSTS", Kind.HOSTS), ("MOST_SERVICES", Kind.SERVICES)])
def test_machines_and_services_have_caps_of_their_own(token: Token, settings: Settings, cap: str, kind: Kind) -> None:
    setattr(settings, cap, 1)
    resolve(process(1), token)
    elsewhere = {**process(2, "other"), "host.id": "m2", "host.name": "web-2"}
    with pytest.raises(Beyond) as caught:
        resolve(elsewhere, token)
    assert caught.value.kind is kind
    assert (Host if kind is Kind.HOSTS else Service).objects.count() == 1


@pytest.mark.django_db
def test_a_known_process_keeps_its_name_where_a_better_one_has_no_room(token: Token, settings: Settings) -> None:
    settings.MOST_SERVICES = 1
    before = resolve(BY_AGENT, token)
    after = resolve(BY_PROBE, token)
    assert (after.instance_id, after.service_id) == (before.instance_id, before.service_id)
    settings.MOST_SERVICES = 2
    registry.forget()
    assert resolve(BY_PROBE, token).service_id != before.service_id


@pytest.mark.django_db
def test_who_was_refused_is_not_looked_for_again_at_once(token: Token, settings: Settings) -> None:
    settings.MOST_INSTANCES = 1
    resolve(process(1), token)
    with pytest.raises(Beyond):
        resolve(process(2), token)
    assert registry.is_known(process(2), token, NOW)
    with CaptureQueriesContext(connection) as queries, pytest.raises(Beyond), transaction.atomic():
        registry.resolve(process(2), token, NOW)
    assert not [query for query in queries if "SAVEPOINT" not in query["sql"]]
    assert not registry.is_known(process(2), token, NOW + caps.RECOUNT)


@pytest.mark.django_db
def test_a_fleet_that_restarts_whole_loses_nothing(token: Token, settings: Settings) -> None:
    """Half the cap at once, with each start under other numbers, and for ever."""
    settings.MOST_INSTANCES = 20
    for start in range(6):
        now = NOW + start * 1.5 * caps.SILENT
        for number in range(10):
            assert resolve(process(1000 * start + number), token, now)
        registry.flush(now)
    assert Instance.objects.count() == 60
