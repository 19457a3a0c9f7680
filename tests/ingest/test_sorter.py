from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from pytest_django.fixtures import Settings

from advisor.features.histogram import Histogram
from advisor.ingest import limits, otlp_json, rejection
from advisor.ingest.pivot import Pivot, Pivoted
from advisor.ingest.readings import Reading
from advisor.vocabulary import PartKind
from tests.ingest.exports import (
    HOST,
    NOW,
    PROCESS,
    Json,
    counter,
    explicit_point,
    exponential,
    exponential_point,
    export,
    gauge,
    histogram,
    number,
    resource,
)

REQUEST = "http.server.request.duration"
GET = {"http.request.method": "GET", "http.route": "/a", "http.response.status_code": 200}
ELU = "nodejs.eventloop.utilization"


def sort(*resources: Json, offset: float = 0.0) -> Pivoted:
    data = json.dumps(export(*resources)).encode()
    return Pivot().sort(otlp_json.decode(data), NOW, lambda host: offset)


def one(*metrics: Json, who: Mapping[str, object] = PROCESS) -> Reading:
    pivoted = sort(resource(who, *metrics))
    assert pivoted.rejected == {}
    (reading,) = pivoted.reports[0].readings.values()
    return reading


def rejected(*metrics: Json, who: Mapping[str, object] = PROCESS) -> dict[str, int]:
    return dict(sort(resource(who, *metrics)).rejected)


def test_levels_of_all_instruments_land_in_their_columns() -> None:
    reading = one(
        gauge(ELU, number(0.5)),
        counter("process.memory.usage", number(1e8), temporality=2, monotonic=False),
        gauge("process.memory.usage", number(2e8)),
        counter("process.uptime", number(60.0), temporality=2),
    )
    assert reading.process.values == {"loop_utilization": 0.5, "memory_rss": 3e8, "uptime": 60.0}
    assert reading.time_us == NOW * 1e6
    assert reading.span == 0


def test_points_that_differ_in_ignored_attributes_fold() -> None:
    spaces = [number(x, attrs={"v8js.heap.space.name": str(x)}) for x in (1.0, 2.0, 3.0)]
    pauses = [
        explicit_point([1, 0], [0.1], x, attrs={"v8js.gc.type": t}, max=x)
        for t, x in (("minor", 0.01), ("major", 0.05))
    ]
    reading = one(gauge("v8js.memory.heap.used", *spaces), histogram("v8js.gc.duration", *pauses))
    longest = {"gc_pause_max": 0.05, "gc_major_max": 0.05, "gc_minor_max": 0.01}
    assert reading.process.values == {"heap_used": 6.0, "gc_minor": 0.01, "gc_major": 0.05, **longest}


def test_a_delta_counts_over_its_span() -> None:
    reading = one(counter("process.cpu.time", number(1.5, span=10, attrs={"cpu.mode": "user"})))
    assert reading.process.values == {"cpu_user": 1.5}
    assert reading.span == 10.0


def test_a_first_delta_without_a_span_says_nothing() -> None:
    """An SDK's first delta of an observed total holds all since boot."""
    pivoted = sort(resource(PROCESS, counter("process.cpu.time", number(353.0, span=0, attrs={"cpu.mode": "user"}))))
    assert pivoted.rejected == {}
    assert pivoted.reports[0].readings[round(NOW * 1e6)].process.values == {}


def test_requests_land_in_the_process_and_in_their_route() -> None:
    failed = {**GET, "http.response.status_code": 500, "error.type": "500"}
    reading = one(
        exponential(
            REQUEST,
            exponential_point([3], -40, 0.09, attrs=GET, max=0.031),
            exponential_point([1], -16, 0.25, attrs=failed, max=0.25),
        )
    )
    assert reading.process.values == {"requests": 4.0, "request_time": pytest.approx(0.34), "request_errors": 1.0}
    route = reading.parts[PartKind.ROUTE, "GET /a"]
    assert route.values == {"count": 4.0, "duration": pytest.approx(0.34), "errors": 1.0}
    stored = reading.process.histogram()
    assert stored is not None
    assert stored == route.histogram()
    assert Histogram.decode(stored).count == 4


def test_host_figures_of_an_sdk_become_the_hosts() -> None:
    reading = one(
        gauge("system.memory.usage", number(5.0, attrs={"system.memory.state": "used"})),
        counter("system.cpu.time", number(2.0, span=5, attrs={"state": "user", "system.cpu.logical_number": "0"})),
    )
    assert reading.process.values == {}
    assert reading.host.values == {"memory_used": 5.0, "cpu_user": 2.0}
    assert reading.parts[PartKind.CPU, "0"].values == {"busy": 2.0}


def test_running_totals_wait_for_the_last_one() -> None:
    pivoted = sort(
        resource(
            PROCESS,
            counter("process.cpu.time", number(7.5, span=60, attrs={"cpu.mode": "user"}), temporality=2),
            histogram(REQUEST, explicit_point([1, 2], [0.1], 0.5, attrs=GET), temporality=2),
            exponential(REQUEST, exponential_point([1, 2], -30, 0.5, attrs=GET), temporality=2),
        )
    )
    cpu, explicit, exponential_ = pivoted.reports[0].running
    assert (cpu.value, cpu.start_us, cpu.bounds) == (7.5, 0, None)
    assert (explicit.start_us, explicit.bounds) == ((NOW - 10) * 1e6, (0.1,))
    assert isinstance(exponential_.value, Histogram)
    assert len({cpu.stream, explicit.stream, exponential_.stream}) == 3
    assert all(len(running.stream) == 16 for running in pivoted.reports[0].running)


def test_a_stream_is_told_apart_by_scope_metric_attributes_and_bounds() -> None:
    def stream(scope: str, name: str, mode: str) -> bytes:
        total = counter(name, number(1.0, span=1, attrs={"cpu.mode": mode}), temporality=2)
        return sort(resource(PROCESS, total, scope=scope)).reports[0].running[0].stream

    known = stream("a", "process.cpu.time", "user")
    others = {stream("b", "process.cpu.time", "user"), stream("a", "process.cpu.time", "system")}
    assert known == stream("a", "process.cpu.time", "user")
    assert known not in others


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("NaN", rejection.NOT_A_NUMBER),
        ("Infinity", rejection.NOT_A_NUMBER),
        ("-Infinity", rejection.NOT_A_NUMBER),
        (None, rejection.NOT_A_NUMBER),
        (-0.1, rejection.NEGATIVE),
        (1.01, rejection.TOO_LARGE),
        ("text", rejection.UNREADABLE),
    ],
)
def test_a_value_that_cannot_be_true_is_left_out_alone(value: object, reason: str) -> None:
    pivoted = sort(resource(PROCESS, gauge(ELU, number(value)), gauge("process.memory.usage", number(5.0))))
    assert pivoted.rejected == {reason: 1}
    assert pivoted.reports[0].readings[round(NOW * 1e6)].process.values == {"memory_rss": 5.0}


def test_limits_of_values() -> None:
    assert one(gauge(ELU, number(1.0005))).process.values == {"loop_utilization": 1.0}
    assert rejected(gauge("process.memory.usage", number(2.0**53 * 2))) == {rejection.TOO_LARGE: 1}
    big = {"attributes": [], "timeUnixNano": "0", "asInt": "123456789012345678901"}
    assert rejected(gauge("process.memory.usage", big)) == {rejection.TOO_LARGE: 1}
    assert rejected(histogram(REQUEST, explicit_point([1, 0], [0.1], -5.0))) == {rejection.NEGATIVE: 1}


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (limits.FUTURE_SECONDS + 1, rejection.IN_THE_FUTURE),
        (limits.FUTURE_SECONDS - 1, None),
        (-limits.PAST_SECONDS + 1, None),
        (-limits.PAST_SECONDS - 1, rejection.TOO_OLD),
    ],
)
def test_times_too_far_off_are_left_out(seconds: float, reason: str | None) -> None:
    point = gauge(ELU, number(0.5, at=NOW + seconds))
    assert rejected(point) == ({reason: 1} if reason else {})


def test_what_is_older_than_samples_are_kept_is_left_out(settings: Settings) -> None:
    settings.RAW_HOURS, settings.KEEP_PARTS_HOURS = 12, 6
    old, late = (gauge(ELU, number(0.5, at=NOW - 6 * 3600 + off)) for off in (-1, 1))
    assert (rejected(old), rejected(late)) == ({rejection.TOO_OLD: 1}, {})


def test_a_clock_an_hour_off_is_no_reason_to_refuse() -> None:
    ahead = sort(resource(PROCESS, gauge(ELU, number(0.5, at=NOW + 3600))), offset=-3600.0)
    assert ahead.rejected == {}
    report = ahead.reports[0]
    assert report.clock_offset == -3600.0
    assert list(report.readings) == [round((NOW + 3600) * 1e6)]


def test_a_point_without_a_time_was_measured_on_arrival() -> None:
    timeless = {"attributes": [], "asDouble": 0.5}
    assert one(gauge(ELU, timeless)).time_us == round(NOW * 1e6)
    report = sort(resource(PROCESS, gauge(ELU, timeless)), offset=100.0).reports[0]
    assert list(report.readings) == [round((NOW - 100) * 1e6)]


@pytest.mark.parametrize(
    "metric",
    [
        gauge("process.cpu.time", number(1.0, attrs={"cpu.mode": "user"})),
        counter("process.cpu.time", number(1.0, attrs={"cpu.mode": "user"}), monotonic=False),
        counter("process.cpu.time", number(1.0, attrs={"cpu.mode": "user"}), temporality=0),
        counter("process.memory.usage", number(1.0), monotonic=False),
        gauge(REQUEST, number(1.0)),
        counter(REQUEST, number(1.0, span=1)),
        histogram("process.memory.usage", explicit_point([1, 0], [0.1], 0.05)),
        histogram(REQUEST, explicit_point([1, 0], [0.1], 0.05), temporality=0),
    ],
)
def test_a_kind_that_the_metric_does_not_have_is_left_out(metric: Json) -> None:
    assert rejected(metric) == {rejection.WRONG_KIND: 1}


def test_summaries_are_left_out_by_name() -> None:
    summary = {"name": REQUEST, "summary": {"dataPoints": [{"timeUnixNano": "1"}, {}]}}
    assert rejected(summary) == {rejection.SUMMARIES: 2}


def test_a_delta_needs_a_start() -> None:
    no_start = number(1.0, attrs={"cpu.mode": "user"})
    long_ago = number(1.0, span=3 * 86400, attrs={"cpu.mode": "user"})
    assert rejected(counter("process.cpu.time", no_start, long_ago)) == {rejection.NO_START: 2}


def test_unknown_metrics_and_points_without_a_value_are_no_error() -> None:
    silent = {**number(0.0), "flags": 1}
    assert rejected(gauge("shop.orders", number("NaN")), gauge(ELU, silent)) == {}


def test_process_figures_need_a_process() -> None:
    assert rejected(gauge(ELU, number(0.5)), who=HOST) == {rejection.NOBODY: 1}
    assert rejected(gauge("system.memory.limit", number(5.0)), who=HOST) == {}


def test_an_increase_beside_one_of_another_start_keeps_its_own_span() -> None:
    def used(mode: str, span: float) -> Json:
        return counter("process.cpu.time", number(1.0, span=span, attrs={"cpu.mode": mode}))

    pivoted = sort(resource(PROCESS, used("user", 10.0), used("user", 500_000.0), used("system", 10.0)))
    assert dict(pivoted.rejected) == {rejection.NO_START: 1}
    (reading,) = pivoted.reports[0].readings.values()
    assert (reading.span, set(reading.process.spans.values())) == (10.0, {10.0})
