"""Rollups say what their samples say, whatever came late and wherever it stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from advisor.features.histogram import Histogram
from advisor.store import rollup, samples
from advisor.store.models import (
    HostHour,
    HostMinute,
    HourMark,
    PartHour,
    PartMinute,
    ProcessHour,
    ProcessMinute,
    ProcessSample,
    RollupMark,
)
from advisor.store.rows import PartRow, ProcessRow
from advisor.vocabulary import PartKind
from tests.fleet.builders import only
from tests.store.builders import (
    START,
    WHEN,
    at_the_time_of,
    disk_row,
    host,
    host_row,
    instance,
    keep,
    process_row,
    service,
    stored,
    us,
)

pytestmark = pytest.mark.django_db

LATER = WHEN + timedelta(hours=1)
FULL = WHEN + timedelta(hours=2)
MINUTE = int(START) // 60


def _latency(*seconds: float) -> bytes:
    return Histogram.merge(*(Histogram.from_explicit([s * 0.99, s * 1.01], [0, 1, 0], s) for s in seconds)).encode()


def test_increases_add_up_and_levels_keep_their_mean_and_extremes() -> None:
    one, machine = instance(service()), host()
    keep(process_row(one, 0, requests=10, threads=4), process_row(one, 30, requests=20, threads=8))
    keep(
        process_row(one, 60, requests=99), host_row(machine, 5, load_1m=2), disk_row(machine, 5, "sda", busy=1, used=7)
    )

    samples.roll_up(LATER)

    first = only(ProcessMinute, minute=MINUTE)
    assert (first.n, first.requests, first.requests_span) == (2, 30, 20)
    assert (first.threads, first.threads_min, first.threads_max) == (6, 4, 8)
    assert only(HostMinute).load_1m == 2
    part = only(PartMinute)
    assert (part.kind, part.name, part.busy, part.busy_span, part.used) == ("disk", "sda", 1, 10, 7)


def test_a_sum_covers_only_the_samples_that_know_it() -> None:
    one = instance(service())
    keep(process_row(one, 0, requests=10), process_row(one, 5, cpu_user=2), process_row(one, 10, requests=30))

    samples.roll_up(LATER)

    row = only(ProcessMinute)
    assert (row.requests / row.requests_span, row.cpu_user / row.cpu_user_span) == (2.0, 0.2)
    assert row.gc_major is None
    assert row.gc_major_span is None


def test_histograms_are_merged() -> None:
    one = instance(service())
    keep(*(process_row(one, at, _latency(0.1 * (at + 1))) for at in range(5)), process_row(one, 6, requests=1))
    keep(PartRow(1, 1, us(0), 10, 0, PartKind.ROUTE, "GET /", {"count": 1.0}, _latency(0.3, 0.4)))

    samples.roll_up(LATER)

    merged = Histogram.decode(bytes(only(ProcessMinute).latency))
    assert merged == Histogram.decode(_latency(*(0.1 * (at + 1) for at in range(5))))
    assert Histogram.decode(bytes(only(PartMinute).histogram)).count == 2


def test_a_minute_that_is_not_over_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    one = instance(service())
    at_the_time_of(monkeypatch, 40)
    keep(process_row(one, 30, requests=1))

    samples.roll_up(WHEN + timedelta(seconds=59))
    assert not ProcessMinute.objects.exists()
    samples.roll_up(WHEN + timedelta(seconds=60))
    assert only(ProcessMinute).requests == 1


def test_a_late_sample_corrects_its_minute() -> None:
    one = instance(service())
    keep(process_row(one, 0, requests=1))
    samples.roll_up(LATER)
    keep(process_row(one, 20, _latency(0.1), requests=5, threads=3))

    samples.roll_up(LATER)
    row = only(ProcessMinute)
    assert (row.n, row.requests, row.threads) == (2, 6, 3)
    assert Histogram.decode(bytes(row.latency)).count == 1


def test_a_host_with_a_wrong_clock_counts_in_the_servers_minute() -> None:
    one = instance(service())
    keep(ProcessRow(one.service_id, one.pk, us(-3600), 10.0, 3600.0, {"requests": 1.0}))

    samples.roll_up(LATER)

    assert only(ProcessMinute).minute == MINUTE


def test_stopping_midway_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    one = instance(service())
    at_the_time_of(monkeypatch, 240)
    keep(*(process_row(one, 60.0 * minute, _latency(0.1), requests=minute) for minute in range(4)))
    merge, calls = rollup._merge, []

    def stop_at_the_third(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 8:
            raise ConnectionError
        merge(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(rollup, "_merge", stop_at_the_third)
        with pytest.raises(ConnectionError):
            samples.roll_up(LATER)
    assert RollupMark.objects.count() == 2

    samples.roll_up(LATER)
    assert stored("store_processminute", "minute", "requests") == [(MINUTE + m, m) for m in range(4)]
    assert not ProcessMinute.objects.filter(latency=None).exists()


def test_slice_by_slice_until_the_time_is_over_the_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    one = instance(service())
    at_the_time_of(monkeypatch, 240)
    keep(*(process_row(one, 60.0 * minute, requests=minute) for minute in range(3)))

    assert samples.roll_up(LATER, seconds=0)
    assert stored("store_rollupmark", "minute") == [(MINUTE,), (MINUTE + 1,)]
    assert samples.roll_up(LATER, seconds=0)
    assert not samples.roll_up(LATER)
    assert ProcessMinute.objects.count() == 3


def test_a_minute_whose_samples_may_be_pruned_stays_as_it_was(settings: Settings) -> None:
    settings.RAW_HOURS = 1.0
    one = instance(service())
    keep(process_row(one, 0, requests=1))
    samples.roll_up(WHEN + timedelta(hours=1, minutes=20))
    assert only(ProcessHour).requests == 1
    ProcessSample.objects.all().delete()
    keep(process_row(one, 20, requests=5))

    samples.roll_up(WHEN + timedelta(hours=2, minutes=31))

    assert only(ProcessMinute).requests == 1
    assert only(ProcessHour).requests == 1
    assert not HourMark.objects.exists()


def test_what_came_at_the_last_moment_that_samples_are_kept_is_rolled_up_still(settings: Settings) -> None:
    settings.RAW_HOURS = 1.0
    one = instance(service())
    now = WHEN + timedelta(hours=2, minutes=29)
    keep(process_row(one, 0, requests=1))
    keep(process_row(one, 3599, requests=2))

    samples.prune(now)
    samples.roll_up(now)

    assert ProcessMinute.objects.count() == 2
    assert only(ProcessHour).requests == 3


def test_an_hour_keeps_the_extremes_of_rates_and_levels() -> None:
    one = instance(service())
    latencies = [_latency(0.1), _latency(0.2), None]
    for at, latency, requests in zip((0, 1800, 3599), latencies, (10, 400, 30), strict=True):
        keep(process_row(one, at, latency, requests=requests, threads=at))

    samples.roll_up(FULL)

    row = only(ProcessHour)
    assert (row.hour, row.n, row.requests, row.requests_span) == (MINUTE // 60, 3, 440, 30)
    assert (row.requests_rate_min, row.requests_rate_max) == (1, 40)
    assert (row.threads, row.threads_min, row.threads_max) == (pytest.approx(1799.67, rel=1e-4), 0, 3599)
    assert Histogram.decode(bytes(row.latency)) == Histogram.decode(_latency(0.1, 0.2))


def test_an_hour_waits_until_its_last_minutes_have_come() -> None:
    keep(process_row(instance(service()), 0, requests=1))

    samples.roll_up(WHEN + timedelta(minutes=74))
    assert not ProcessHour.objects.exists()
    samples.roll_up(WHEN + timedelta(minutes=75))
    assert only(ProcessHour).requests == 1


def test_hours_of_all_that_reported_in_time_follow_their_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, machine = instance(service()), instance(service("search")), host()
    for minute in (0, 59):
        at_the_time_of(monkeypatch, 60.0 * minute)
        keep(*(process_row(each, 60.0 * minute, requests=1) for each in (one, other)))
        keep(host_row(machine, 60.0 * minute, load_1m=1), disk_row(machine, 60.0 * minute, "sda", busy=1))
        samples.roll_up(WHEN + timedelta(minutes=minute + 1))
    assert stored("store_hourmark", "width", "entity", "owner_id") == [
        (3600, e, 0) for e in ("host", "part", "process")
    ]

    samples.roll_up(FULL)

    assert stored("store_processhour", "service_id", "n") == [(one.service_id, 2), (other.service_id, 2)]
    assert (only(HostHour).n, only(PartHour).busy) == (2, 2)


def test_who_comes_late_has_its_own_rows_computed_and_no_others() -> None:
    one, other = instance(service()), instance(service("search"))
    keep(process_row(one, 0, requests=1), process_row(other, 0, requests=1))
    samples.roll_up(FULL)
    for table in (ProcessMinute, ProcessHour):
        table.objects.update(n=100)

    keep(process_row(one, 30, requests=2))
    samples.roll_up(FULL)

    for name in ("store_processminute", "store_processhour"):
        assert stored(name, "service_id", "n", "requests") == [(one.service_id, 2, 3), (other.service_id, 100, 1)]
