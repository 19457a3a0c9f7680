"""past: rollups of one service in longer rows; what was not reported is not made up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction

from advisor.diagnosis import Rule
from advisor.engine import RULES
from advisor.features import HostWindow, InstanceWindow, ServiceWindow, Track
from advisor.features.condense import condensed
from advisor.fleet.models import Instance, Service
from advisor.store import samples
from advisor.store.past import Span
from advisor.store.rows import HostRow, PartRow, ProcessRow
from advisor.store.tables import TABLES
from advisor.vocabulary import PartKind
from tests.store.builders import (
    START,
    WHEN,
    disk_row,
    host,
    host_row,
    instance,
    keep,
    process_row,
    route_row,
    service,
)

pytestmark = pytest.mark.django_db

END = START + 1200


def rolled(*rows: ProcessRow | HostRow | PartRow) -> None:
    keep(*rows)
    samples.roll_up(WHEN + timedelta(hours=3))


def span(step: float = 600.0, start: float = START, end: float = END) -> Span:
    disks = {PartKind.DISK: ("used",), PartKind.ROUTE: ("count",)}
    return Span(start, end, step, ("requests", "heap_used"), ("memory_available",), disks)


def test_rows_are_as_long_as_asked_for_and_hold_rates_means_and_extremes() -> None:
    one = instance(service(), host(), pid=7, service_version="2")
    rolled(*(process_row(one, at, requests=5, heap_used=at) for at in range(10, 1201, 10)))
    (seen,) = samples.past(one.service_id, span()).instances
    assert (seen.id, seen.pid, seen.version) == (one.pk, 7, "2")
    assert seen.track.times.tolist() == [START + 600, START + 1200]
    assert seen.track.spans.tolist() == [600, 600]
    assert seen.track.values["requests"] == pytest.approx([300, 300])
    assert seen.track.lows["heap_used"].tolist() == [10, 600]
    assert seen.track.highs["heap_used"].tolist() == [590, 1190]
    assert seen.track.values["heap_used"] == pytest.approx([300, 895], rel=0.02)


def test_a_sender_that_was_silent_for_a_while_keeps_its_rate() -> None:
    one = instance(service())
    rolled(*(process_row(one, at, requests=5) for at in range(10, 301, 10)))
    (seen,) = samples.past(one.service_id, span()).instances
    assert seen.track.values["requests"] == pytest.approx([300])
    assert "heap_used" not in seen.track.values


def test_rows_below_a_minute_come_from_the_samples() -> None:
    """A clock that is ten times as fast asks for five minutes in thirty seconds."""
    web = host()
    one = instance(service(), web)
    rolled(
        *(process_row(one, at, requests=5, heap_used=at) for at in range(10, 181, 10)),
        host_row(web, 15, memory_available=7),
    )
    past = samples.past(one.service_id, span(step=30.0, end=START + 180))
    (seen,), (machine,) = past.instances, past.hosts
    assert np.diff(seen.track.times).tolist()[:4] == [30] * 4
    assert set(seen.track.spans.tolist()) == {30}
    assert seen.track.values["requests"] == pytest.approx(np.full(seen.track.times.size, 15))
    middle = seen.track.times == START + 90
    figures = (seen.track.values, seen.track.lows, seen.track.highs)
    assert [told["heap_used"][middle].tolist() for told in figures] == [[70], [60], [80]]
    assert machine.track.values["memory_available"].tolist() == [7]


def test_short_rows_of_no_whole_second_end_where_they_should() -> None:
    """Seven times life asks for 42.857... seconds: forty million rows since 1970 must not add up what is rounded."""
    one = instance(service())
    rolled(*(process_row(one, at, requests=5) for at in range(10, 1201, 10)))
    (seen,) = samples.past(one.service_id, span(step=300 / 7)).instances
    assert START < seen.track.times.min() <= START + 10 + 300 / 7
    assert seen.track.times.max() == END


def test_short_rows_are_of_the_span_that_was_asked_for() -> None:
    one = instance(service())
    rolled(*(process_row(one, at, requests=5) for at in range(10, 181, 10)))
    (seen,) = samples.past(one.service_id, span(step=20.0, start=START + 60, end=START + 120)).instances
    assert seen.track.times.min() > START + 60
    assert seen.track.times.max() <= START + 120


def test_rows_of_an_hour_come_from_hours_and_say_the_same_as_minutes() -> None:
    web = host()
    one = instance(service(), web)
    for at in range(10, 4 * 3600, 30):
        keep(process_row(one, at, requests=at % 7, heap_used=at % 11), host_row(web, at, memory_available=at))
        keep(disk_row(web, at, "/", used=at), route_row(one, at, "GET /", count=1))
    samples.roll_up(WHEN + timedelta(hours=6))
    told = [(table.hours.table, table.minutes.table) for table in TABLES]
    found = []
    for left_out in (0, 1):  # first without hours, then without minutes
        with transaction.atomic(), connection.cursor() as cursor:
            for tables in told:
                cursor.execute(f"DELETE FROM {tables[left_out]}")
            found.append(_tracks(samples.past(one.service_id, span(3600.0, START, START + 4 * 3600))))
            transaction.set_rollback(True)

    assert len(found[0]) == 4
    for minutes, hours in zip(*found, strict=True):
        assert minutes.times.tolist() == hours.times.tolist() == [START + hour * 3600 for hour in range(1, 5)]
        for kind in ("values", "lows", "highs", "covered"):
            assert getattr(minutes, kind).keys() == getattr(hours, kind).keys()
            for name, figures in getattr(minutes, kind).items():
                np.testing.assert_allclose(getattr(hours, kind)[name], figures, rtol=1e-5)


def test_hosts_and_parts_come_with_it() -> None:
    web = host()
    one = instance(service(), web)
    rolled(
        process_row(one, 5, requests=1),
        host_row(web, 5, memory_available=7),
        disk_row(web, 5, "/", used=11),
        route_row(one, 5, "GET /", count=3),
    )
    past = samples.past(one.service_id, span())
    (machine,), (seen,) = past.hosts, past.instances
    assert (machine.id, machine.name) == (web.pk, "web-1")
    assert machine.track.values["memory_available"].tolist() == [7]
    assert [(part.kind, part.name, part.track.values["used"].tolist()) for part in machine.parts] == [
        (PartKind.DISK, "/", [11])
    ]
    assert [(part.name, part.track.values["count"].tolist()) for part in seen.parts] == [("GET /", [180])]


def test_the_disks_of_its_hosts_come_where_nothing_of_its_processes_is_asked_for() -> None:
    web, other = host(), host("web-2")
    one = instance(service(), web)
    instance(service("cart"), other)
    rolled(process_row(one, 5, requests=1), disk_row(web, 5, "/", used=11), disk_row(other, 5, "/", used=12))
    past = samples.past(one.service_id, Span(START, END, 600.0, parts={PartKind.DISK: ("used",)}))
    assert [(machine.id, [part.track.values["used"].tolist() for part in machine.parts]) for machine in past.hosts] == [
        (web.pk, [[11]])
    ]
    assert past.instances == ()
    left = samples.past(one.service_id, Span(START + 600, END, 600.0, parts={PartKind.DISK: ("used",)}))
    assert left.hosts == ()


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.recall], ids=lambda rule: rule.id)
def test_every_rule_gets_what_it_asks_for(rule: Rule) -> None:
    recall = rule.recall
    assert recall is not None
    web = host()
    one = instance(service(), web)
    figures: dict[str, Any] = dict.fromkeys(recall.process, 1.0)
    rolled(
        process_row(one, 5, **figures),
        host_row(web, 5, **dict.fromkeys(recall.host, 1.0)),
        disk_row(web, 5, "/", **dict.fromkeys(recall.parts.get(PartKind.DISK, ()), 1.0)),
    )
    past = samples.past(one.service_id, Span(START, END, recall.step, recall.process, recall.host, recall.parts))
    (machine,) = past.hosts
    assert set(machine.track.values) == set(recall.host)
    assert {name for part in machine.parts for name in part.track.values} == set(recall.parts.get(PartKind.DISK, ()))
    assert {name for seen in past.instances for name in seen.track.values} == set(recall.process)
    assert set(recall.parts) <= {PartKind.DISK}


def test_what_lies_outside_or_belongs_to_others_is_left_out() -> None:
    one, other = instance(service()), instance(service("cart"))
    rolled(process_row(one, -30, requests=1), process_row(one, 1230, requests=1), process_row(other, 30, requests=1))
    assert samples.past(one.service_id, span()).instances == ()


def test_a_service_that_is_gone_is_said_so() -> None:
    with pytest.raises(Service.DoesNotExist):
        samples.past(99, span())


def _tracks(window: ServiceWindow) -> list[Track]:
    owners: list[InstanceWindow | HostWindow] = [*window.instances, *window.hosts]
    parts = [part for one in owners for part in one.parts]
    return [*(one.track for one in owners), *(part.track for part in parts)]


def test_rows_tell_of_how_much_of_their_time_they_were_told() -> None:
    one = instance(service())
    rolled(*(process_row(one, at, requests=5) for at in range(10, 301, 10)))
    (seen,) = samples.past(one.service_id, span()).instances
    assert seen.track.covered["requests"].tolist() == [300]
    assert seen.track.came("requests") == pytest.approx([150])
    assert np.isnan(seen.track.came("gc_major")).all()


@pytest.mark.parametrize(
    ("step", "start", "end"),
    [
        (600.0, 0.0, 7200.0),
        (60.0, 90.0, 3630.0),
        (900.0, 700.0, 6500.0),
        (3600.0, 0.0, 7200.0),
        (3600.0, 1800.0, 6500.0),
    ],
)
def test_a_replay_condenses_a_recording_to_the_same_figures(step: float, start: float, end: float) -> None:
    web = host()
    one = instance(service(), web)
    draw = np.random.default_rng(5)
    at = [second for second in range(10, 7201, 10) if draw.random() > 0.2]
    rolled(
        *(process_row(one, second, requests=float(draw.poisson(50)), heap_used=float(second)) for second in at[::2]),
        *(process_row(one, second, heap_used=float(draw.uniform(1, 9))) for second in at[1::2]),
        *(host_row(web, second, memory_available=float(draw.uniform(1, 9))) for second in at),
        *(disk_row(web, second, "/", used=float(draw.uniform(1, 9))) for second in at),
        *(route_row(one, second, "GET /", count=float(draw.poisson(9))) for second in at),
    )
    asked = span(step, START + start, START + end)
    Instance.objects.filter(pk=one.pk).update(last_seen=WHEN + timedelta(hours=2))
    whole = samples.windows([one.service_id], START, START + 7200)[one.service_id]
    stored = samples.past(one.service_id, asked)
    made = condensed(whole, asked.start, asked.end, step, asked.process, asked.host, asked.parts)
    pairs = list(zip(_tracks(stored), _tracks(made), strict=True))
    assert len(pairs) == 4
    for ours, theirs in pairs:
        np.testing.assert_array_equal(ours.times, theirs.times)
        assert set(ours.values) == set(theirs.values)
        for name in ours.values:
            np.testing.assert_allclose(ours.values[name], theirs.values[name], rtol=0.05)  # the mean of minutes' means
        for name in ours.lows:
            np.testing.assert_allclose(ours.lows[name], theirs.lows[name], rtol=1e-6)
            np.testing.assert_allclose(ours.highs[name], theirs.highs[name], rtol=1e-6)
        assert set(ours.covered) == set(theirs.covered)
        for name in ours.covered:
            np.testing.assert_allclose(ours.covered[name], theirs.covered[name], rtol=1e-6)
