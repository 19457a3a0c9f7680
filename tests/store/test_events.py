"""Events: a later word replaces the former, an hour holds so many, the newest are read first."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advisor.store import events as store_events
from advisor.store import samples
from advisor.store.models import Event
from advisor.store.rows import EventRow
from advisor.vocabulary.events import ATTRIBUTES, BLOCKED, EVENTS, EXITED, PROFILED, STARTED
from tests.store.builders import START, event_row, host, instance, keep, service, stored, us

pytestmark = pytest.mark.django_db

WHOLE: dict[str, str | float] = {
    "duration": 0.5,
    "delay": 0.25,
    "cause": "code",
    "share": 0.25,
    "function": "work",
    "file": "/srv/app.js",
    "line": 7,
    "exception": "RangeError",
    "exit_code": 3221225477,
    "signal": "SIGKILL",
    "active": 6,
    "pid": 77,
}


def test_every_column_of_the_vocabulary_is_kept_and_given_back() -> None:
    one = instance(service(), host("web-1"), pid=42)
    keep(event_row(one, 0, EXITED.name, 2, **WHOLE))

    (found,) = samples.events(one.service_id, START, START, 10)

    assert set(WHOLE) | {"ordinal"} == set(ATTRIBUTES.values())
    assert {name: getattr(found, name) for name in WHOLE} == WHOLE
    assert (found.name, found.at, found.ordinal) == (EXITED.name, START, 2)
    assert (found.instance_id, found.instance_pid, found.host) == (one.pk, 42, "web-1")


def test_every_name_has_room() -> None:
    longest = Event._meta.get_field("name").max_length
    assert longest is not None
    assert max(map(len, EVENTS)) <= longest


def test_what_is_told_later_replaces_the_former_whole() -> None:
    one = instance(service())
    keep(event_row(one, 0, BLOCKED.name, duration=0.5, line=7), event_row(one, 0, BLOCKED.name, 1, duration=0.1))

    keep(event_row(one, 0, BLOCKED.name, duration=4.5, file="/srv/app.js"))

    columns = ("ordinal", "duration", "line", "file")
    assert stored("store_event", *columns) == [
        (0, 4.5, None, "/srv/app.js"),
        (1, pytest.approx(0.1), None, None),
    ]


def test_of_two_in_one_transaction_the_later_wins() -> None:
    one = instance(service())
    keep(event_row(one, 0, BLOCKED.name, duration=0.5), event_row(one, 0, BLOCKED.name, duration=0.7))

    assert stored("store_event", "duration") == [(pytest.approx(0.7),)]


def test_names_moments_processes_and_ordinals_tell_events_apart() -> None:
    one, other = instance(service("a")), instance(service("b"))
    keep(
        event_row(one, 0, BLOCKED.name),
        event_row(one, 0, STARTED.name),
        event_row(one, 1, BLOCKED.name),
        event_row(one, 0, BLOCKED.name, 1),
        event_row(other, 0, BLOCKED.name),
    )

    assert Event.objects.count() == 5


def test_the_offset_of_the_clock_is_kept_beside_the_senders_time() -> None:
    one = instance(service())
    keep(EventRow(one.service_id, one.pk, us(0), -3600.0, STARTED.name, 0, {}))
    keep(EventRow(one.service_id, one.pk, us(10), float("nan"), STARTED.name, 0, {}))

    assert stored("store_event", "time", "at") == [(us(0), us(-3600)), (us(10), us(10))]


def test_long_text_is_cut_to_its_column() -> None:
    one = instance(service())
    long: dict[str, Any] = dict.fromkeys(("cause", "function", "file", "exception", "signal"), "x" * 5000)
    keep(event_row(one, 0, BLOCKED.name, **long))

    (found,) = samples.events(one.service_id, START, START, 1)
    assert [len(getattr(found, name)) for name in long] == [32, 255, 1024, 255, 32]


def test_the_newest_are_read_first_and_no_more_than_asked() -> None:
    one, other = instance(service("a"), host("here")), instance(service("b"))
    keep(*(event_row(one, at, BLOCKED.name) for at in range(0, 50, 10)), event_row(other, 20, BLOCKED.name))
    keep(*(event_row(one, 40, PROFILED.name, rank) for rank in (1, 0)))

    with CaptureQueriesContext(connection) as queries:
        found = samples.events(one.service_id, START + 10, START + 40, 5)

    assert [(seen.name, seen.ordinal, seen.at - START) for seen in found] == [
        (BLOCKED.name, 0, 40),
        (PROFILED.name, 0, 40),
        (PROFILED.name, 1, 40),
        (BLOCKED.name, 0, 30),
        (BLOCKED.name, 0, 20),
    ]
    assert len(queries) == 2


def test_events_outlive_their_process_and_its_host() -> None:
    one, gone = instance(service()), instance(service("gone"), host())
    keep(event_row(one, 0, STARTED.name), event_row(gone, 0, STARTED.name))
    gone.delete()

    for service_id, pid in ((one.service_id, 1), (gone.service_id, 0)):
        (found,) = samples.events(service_id, START, START, 10)
        assert (found.host, found.instance_pid) == ("", pid)
    assert samples.events(10**9, START, START, 10) == []


def test_an_hour_of_a_process_holds_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_events, "HOURLY", 3)
    one, other = instance(service("a")), instance(service("b"))
    kept = [event_row(one, at, BLOCKED.name) for at in (0, 1)]
    keep(*kept, event_row(one, -1, BLOCKED.name), event_row(one, 3600, BLOCKED.name))
    more = [
        event_row(one, 0, BLOCKED.name),  # there already
        event_row(one, 2, BLOCKED.name),
        event_row(one, 2, BLOCKED.name),  # the same
        event_row(one, 3, BLOCKED.name),
        event_row(one, 3601, BLOCKED.name),
        event_row(other, 3, BLOCKED.name),
    ]

    assert samples.fits(more) == [True, True, True, False, True, True]
    assert samples.fits([]) == []


def test_the_limit_is_asked_by_two_queries_however_many_come() -> None:
    one = instance(service())
    rows = [event_row(one, at, BLOCKED.name) for at in range(3000)]

    with CaptureQueriesContext(connection) as queries:
        fits = samples.fits(rows)

    assert (len(queries), fits.count(True)) == (2, store_events.HOURLY)
    assert fits == [True] * store_events.HOURLY + [False] * 2000


def test_samples_alone_cost_events_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        keep()
        samples.fits([])

    assert [query["sql"] for query in queries if "store_event" in query["sql"]] == []
