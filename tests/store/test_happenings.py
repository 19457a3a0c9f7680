"""happenings: what happened in a service, and which processes it had, by one query each."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advisor.store import samples
from advisor.store.happenings import happenings, lives_of
from advisor.vocabulary.events import BLOCKED, EXITED, STARTED
from tests.store.builders import START, event_row, host, instance, keep, process_row, service

pytestmark = pytest.mark.django_db


def test_events_come_oldest_first_and_say_what_they_said() -> None:
    one = instance(service())
    keep(
        event_row(one, 9, EXITED.name, exit_code=1, pid=77, cause="uncaught-exception", exception="RangeError"),
        event_row(one, 5, BLOCKED.name, duration=0.5, function="render", file="/srv/app.js", line=7),
    )
    blocked, ended = happenings([one.service_id], START, START + 60)[one.service_id]
    assert (blocked.name, blocked.at, blocked.instance_id) == (BLOCKED.name, START + 5, one.pk)
    assert (blocked.duration, blocked.function, blocked.file, blocked.line) == (0.5, "render", "/srv/app.js", 7)
    assert (blocked.signal, blocked.exception, blocked.pid) == ("", "", None)
    assert (ended.exit_code, ended.pid, ended.cause, ended.exception) == (1, 77, "uncaught-exception", "RangeError")


def test_an_end_says_what_was_in_flight() -> None:
    one = instance(service())
    keep(event_row(one, 5, EXITED.name, exit_code=0, active=6), event_row(one, 9, EXITED.name, exit_code=0))
    found = happenings([one.service_id], START, START + 60)[one.service_id]
    assert [ended.active for ended in found] == [6, None]


def test_starts_and_ends_are_told_from_longer_ago_than_blocks() -> None:
    one = instance(service())
    keep(*(event_row(one, 0, name) for name in (BLOCKED.name, STARTED.name, EXITED.name)))
    found = happenings([one.service_id], START + 60, START + 120, since=START - 60)[one.service_id]
    assert {event.name for event in found} == {STARTED.name, EXITED.name}
    assert not happenings([one.service_id], START + 60, START + 120)[one.service_id]


def test_lives_are_those_that_reported_since_and_know_their_version() -> None:
    shop = service()
    ended = instance(shop, host(), pid=3, service_version="1.4.0", started_at=START - 9, role="worker")
    found = lives_of([shop.pk], START - 1)
    (life,) = found[shop.pk]
    assert (life.instance_id, life.pid, life.version, life.role) == (ended.pk, 3, "1.4.0", "worker")
    assert (life.started, life.seen_first, life.seen_last) == (START - 9, START, START)
    assert not lives_of([shop.pk], START + 1)


def test_a_window_carries_both_by_two_queries_for_all_services() -> None:
    found = [instance(service(name)) for name in ("a", "b", "c")]
    keep(*(event_row(one, 5, STARTED.name) for one in found), *(process_row(one, 5, requests=1) for one in found))
    with CaptureQueriesContext(connection) as few:
        samples.windows([found[0].service_id], START, START + 60)
    with CaptureQueriesContext(connection) as many:
        windows = samples.windows([one.service_id for one in found], START, START + 60)
    assert len(few) == len(many)
    assert all([len(window.events), len(window.lives)] == [1, 1] for window in windows.values())
