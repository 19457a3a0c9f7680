"""Rollups equal what a loop over the samples says, whatever came late and wherever it stopped."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from statistics import fmean

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from advisor.features.histogram import Histogram
from advisor.store import rollup, samples
from advisor.store.models import HostMinute, PartMinute, ProcessMinute, ProcessSample, RollupMark
from advisor.store.rows import PartRow, ProcessRow
from advisor.vocabulary import Entity, PartKind, columns_of
from tests.fleet.builders import only
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
    stored,
    us,
)

pytestmark = pytest.mark.django_db

LATER = WHEN + timedelta(hours=1)
MINUTE = int(START) // 60


def _latency(*seconds: float) -> bytes:
    return Histogram.merge(*(Histogram.from_explicit([s * 0.99, s * 1.01], [0, 1, 0], s) for s in seconds)).encode()


def test_increases_add_up_and_levels_keep_their_mean_and_extremes() -> None:
    one, machine = instance(service()), host()
    keep(process_row(one, 0, requests=10, threads=4), process_row(one, 30, requests=20, threads=8))
    keep(
        process_row(one, 60, requests=99), host_row(machine, 5, load_1m=2), disk_row(machine, 5, "sda", busy=1, used=7)
    )

    assert samples.roll_up(LATER) == 2

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


def test_a_minute_that_is_not_over_waits() -> None:
    one = instance(service())
    keep(process_row(one, 30, requests=1))

    assert samples.roll_up(WHEN + timedelta(seconds=59)) == 0
    assert samples.roll_up(WHEN + timedelta(seconds=60)) == 1
    assert samples.roll_up(LATER) == 0


def test_a_late_sample_corrects_its_minute() -> None:
    one = instance(service())
    keep(process_row(one, 0, requests=1))
    samples.roll_up(LATER)
    keep(process_row(one, 20, _latency(0.1), requests=5, threads=3))

    assert samples.roll_up(LATER) == 1
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

    assert samples.roll_up(LATER) == 2
    assert stored("store_processminute", "minute", "requests") == [(MINUTE + m, m) for m in range(4)]
    assert not ProcessMinute.objects.filter(latency=None).exists()


def test_at_most_a_number_of_minutes_at_once_the_newest_first() -> None:
    one = instance(service())
    keep(*(process_row(one, 60.0 * minute, requests=minute) for minute in range(4)))

    assert samples.roll_up(LATER, limit=3) == 3
    assert stored("store_rollupmark", "minute") == [(MINUTE,)]


def test_a_minute_whose_samples_may_be_pruned_stays_as_it_was(settings: Settings) -> None:
    settings.RAW_HOURS = 1.0
    one = instance(service())
    keep(process_row(one, 0, requests=1))
    samples.roll_up(WHEN + timedelta(minutes=2))
    ProcessSample.objects.all().delete()
    keep(process_row(one, 20, requests=5))

    samples.roll_up(WHEN + timedelta(hours=2))

    assert only(ProcessMinute).requests == 1
    assert not RollupMark.objects.exists()


def test_what_came_at_the_last_moment_that_samples_are_kept_is_rolled_up_still(settings: Settings) -> None:
    settings.RAW_HOURS = 1.0
    one = instance(service())
    now = WHEN + timedelta(hours=1, minutes=10)
    keep(process_row(one, 0, requests=1))

    samples.prune(now)
    samples.roll_up(now)

    assert only(ProcessMinute).requests == 1


def test_parts_may_go_before_their_process(settings: Settings) -> None:
    settings.KEEP_PARTS_HOURS = 1.0
    one = instance(service())
    keep(process_row(one, 0, requests=1), route_row(one, 0, "GET /", count=1))

    samples.roll_up(WHEN + timedelta(hours=2))

    assert only(ProcessMinute).requests == 1
    assert not PartMinute.objects.exists(), "half of its samples may be gone"


def _by_hand(rows: list[ProcessRow]) -> list[tuple[float, ...]]:
    """(instance, minute, n, requests, its seconds, mean threads, least, most) of all samples, the plain way."""
    groups: dict[tuple[int, int], list[ProcessRow]] = {}
    for row in rows:
        groups.setdefault((row.instance_id, row.time_us // 60_000_000), []).append(row)
    expected: list[tuple[float, ...]] = []
    for key, found in sorted(groups.items()):
        requests = [row.values["requests"] for row in found if "requests" in row.values]
        threads = [row.values["threads"] for row in found if "threads" in row.values]
        sums = (math.fsum(requests), 10.0 * len(requests)) if requests else (math.nan, math.nan)
        levels = (fmean(threads), min(threads), max(threads)) if threads else (math.nan, math.nan, math.nan)
        expected.append((*key, len(found), *sums, *levels))
    return expected


_values = st.dictionaries(st.sampled_from(["requests", "threads"]), st.floats(0, 1e6, width=32), max_size=2)
_steps = st.lists(
    st.one_of(
        st.just("roll up"), st.dictionaries(st.tuples(st.integers(1, 2), st.integers(0, 179)), _values, max_size=8)
    ),
    max_size=8,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_steps)
def test_rolling_up_step_by_step_equals_computing_from_all_samples(steps: list[object]) -> None:
    for table in (ProcessSample, ProcessMinute, RollupMark):
        table.objects.all().delete()
    kept: dict[tuple[int, int], ProcessRow] = {}
    for step in steps:
        if isinstance(step, dict):
            rows = {key: ProcessRow(1, key[0], us(key[1]), 10.0, 0.0, values) for key, values in step.items()}
            new = {key: row for key, row in rows.items() if key not in kept}
            keep(*new.values())
            kept |= new
        else:
            samples.roll_up(LATER)
    samples.roll_up(LATER)

    columns = ("instance_id", "minute", "n", "requests", "requests_span", "threads", "threads_min", "threads_max")
    found = stored("store_processminute", *columns)
    expected = _by_hand(list(kept.values()))
    assert [row[:3] for row in found] == [row[:3] for row in expected]
    for row, wanted in zip(found, expected, strict=True):
        figures = [math.nan if value is None else value for value in row[3:]]
        assert figures == pytest.approx(wanted[3:], rel=1e-6, abs=1e-25, nan_ok=True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(), min_size=2, max_size=4))
def test_no_figure_that_a_sender_can_make_up_stops_a_rollup(figures: list[float]) -> None:
    ProcessSample.objects.all().delete()
    names = columns_of(Entity.PROCESS)
    keep(*(ProcessRow(1, 1, us(at), 10.0, 0.0, dict.fromkeys(names, figure)) for at, figure in enumerate(figures)))

    assert samples.roll_up(datetime.fromtimestamp(START + 600, UTC)) == 1
