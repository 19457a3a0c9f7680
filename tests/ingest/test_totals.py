"""Running totals over several requests, as the store sees them."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest

from advisor.features.histogram import Histogram
from advisor.fleet import registry, tokens
from advisor.fleet.models import Token
from advisor.ingest import otlp_json, rejection
from advisor.ingest.answers import Receipt
from advisor.ingest.batch import Batch
from advisor.ingest.commit import Committer
from advisor.ingest.hints import Hints
from advisor.ingest.pivot import Pivot
from advisor.store import samples
from advisor.store.models import HostSample, ProcessSample
from tests.fleet.builders import only
from tests.ingest.exports import (
    NOW,
    PROCESS,
    Json,
    counter,
    explicit_point,
    exponential,
    exponential_point,
    export,
    histogram,
    number,
    resource,
)

pytestmark = pytest.mark.django_db(transaction=True)

REQUEST = "http.server.request.duration"
BOUNDS = [0.01, 0.1, 1.0]
Send = Callable[..., Receipt]


@pytest.fixture
def send() -> Send:
    registry.forget()
    token, committer, pivot = tokens.make(Token.Kind.API)[0], Committer(Hints(lambda s, h: None)), Pivot()

    def send(*metrics: Json, id: str | None = None) -> Receipt:
        data = json.dumps(export(resource(PROCESS, *metrics))).encode()
        (outcome,) = committer([Batch(pivot.sort(otlp_json.decode(data), NOW, lambda host: 0.0), token, id, NOW)])
        assert isinstance(outcome, Receipt)
        return outcome

    return send


def cpu(value: float, at: float) -> Json:
    return counter("process.cpu.time", number(value, at=NOW + at, span=3600, attrs={"cpu.mode": "user"}), temporality=2)


def stored(column: str) -> list[tuple[float, float, float | None]]:
    """(seconds after NOW, span, value) of every row."""
    rows = ProcessSample.objects.order_by("time").values("time", "span", column)
    return [(row["time"] / 1e6 - NOW, row["span"], row[column]) for row in rows]


def test_a_total_becomes_what_it_gained(send: Send) -> None:
    for value, at in ((100.0, 0.0), (103.0, 10.0), (103.0, 20.0), (110.0, 25.0)):
        assert send(cpu(value, at)) == Receipt()
    assert stored("cpu_user") == [(10.0, 10.0, 3.0), (20.0, 10.0, 0.0), (25.0, 5.0, 7.0)]


def test_a_reset_is_never_negative(send: Send) -> None:
    for value, at in ((100.0, 0.0), (2.0, 10.0), (5.0, 20.0)):
        send(cpu(value, at))
    values = [value for _, _, value in stored("cpu_user")]
    assert values == [2.0, 3.0]


def test_an_older_total_is_left_out_and_counted(send: Send) -> None:
    send(cpu(100.0, 0.0))
    send(cpu(110.0, 10.0))
    assert send(cpu(105.0, 5.0)).rejected == {rejection.OUT_OF_ORDER: 1}
    assert send(cpu(110.0, 10.0)) == Receipt()
    assert send(cpu(115.0, 15.0)) == Receipt()
    assert stored("cpu_user") == [(10.0, 10.0, 10.0), (15.0, 5.0, 5.0)]


def test_totals_of_one_request_are_taken_by_their_time(send: Send) -> None:
    send(cpu(100.0, 0.0), cpu(107.0, 20.0), cpu(103.0, 10.0))
    assert stored("cpu_user") == [(10.0, 10.0, 3.0), (20.0, 10.0, 4.0)]


def explicit(counts: list[int], total: float, at: float, **more: object) -> Json:
    point = explicit_point(
        counts, BOUNDS, total, at=NOW + at, span=at + 3600, attrs={"http.request.method": "GET"}, **more
    )
    return histogram(REQUEST, point, temporality=2)


def test_a_running_histogram_becomes_what_came(send: Send) -> None:
    send(explicit([5, 5, 0, 0], 0.5, 0.0, min=0.002, max=0.09))
    send(explicit([6, 9, 0, 0], 0.9, 10.0, min=0.001, max=0.09))
    send(explicit([6, 9, 2, 0], 1.9, 20.0, min=0.001, max=0.6))
    assert stored("requests") == [(10.0, 10.0, 5.0), (20.0, 10.0, 2.0)]
    assert [value for _, _, value in stored("request_time")] == pytest.approx([0.4, 1.0])
    latencies = ProcessSample.objects.order_by("time").values_list("latency", flat=True)
    first, second = (Histogram.decode(bytes(latency)) for latency in latencies if latency)
    assert (first.count, second.count) == (5, 2)
    assert 0.1 <= second.quantile(0.5) <= 0.6
    assert second.max == 0.6
    assert first.max is None


def test_the_longest_pause_is_known_only_where_it_moved(send: Send) -> None:
    """A running maximum is of all time: it says nothing of the last ten seconds unless it grew."""

    def pauses(counts: list[int], total: float, longest: float, at: float) -> Json:
        point = explicit_point(
            counts, BOUNDS, total, at=NOW + at, span=at + 3600, attrs={"v8js.gc.type": "minor"}, max=longest
        )
        return histogram("v8js.gc.duration", point, temporality=2)

    for given in (
        ([2, 0, 0, 0], 0.01, 0.006, 0.0),
        ([3, 0, 0, 0], 0.012, 0.006, 10.0),
        ([3, 1, 0, 0], 0.05, 0.038, 20.0),
    ):
        send(pauses(*given))
    assert [value for _, _, value in stored("gc_pause_max")] == [None, 0.038]
    assert [value for _, _, value in stored("gc_minor")] == pytest.approx([0.002, 0.038])


def test_other_bounds_are_another_stream(send: Send) -> None:
    send(explicit([5, 5, 0, 0], 0.5, 0.0))
    other = explicit_point([9, 9], [0.5], 3.0, at=NOW + 10, span=3610, attrs={"http.request.method": "GET"})
    send(histogram(REQUEST, other, temporality=2))
    assert stored("requests") == []


def of_method(method: str, counts: list[int], total: float, at: float, temporality: int = 2) -> Json:
    attrs = {"http.request.method": method}
    span = at + 3600 if temporality == 2 else 10.0
    point = explicit_point(counts, BOUNDS, total, at=NOW + at, span=span, attrs=attrs)
    return histogram(REQUEST, point, temporality=temporality)


def test_one_moment_told_in_two_requests_counts_both(send: Send) -> None:
    """A Collector cuts large exports anywhere: the streams of one process come in several requests."""
    for method in ("GET", "POST"):
        send(of_method(method, [5, 0, 0, 0], 0.02, 0.0))
    assert send(of_method("GET", [8, 0, 0, 0], 0.03, 10.0)) == Receipt()
    assert send(of_method("POST", [5, 1, 0, 0], 0.08, 10.0)) == Receipt()

    assert stored("requests") == [(10.0, 10.0, 4.0)]
    assert [value for _, _, value in stored("request_time")] == pytest.approx([0.07])
    assert Histogram.decode(bytes(only(ProcessSample).latency or b"")).count == 4


def test_the_same_total_once_more_counts_nothing(send: Send) -> None:
    for at, counts in ((0.0, [5, 0, 0, 0]), (10.0, [8, 0, 0, 0]), (10.0, [8, 0, 0, 0])):
        assert send(of_method("GET", counts, 0.03, at)) == Receipt()
    assert stored("requests") == [(10.0, 10.0, 3.0)]


def test_a_delta_that_may_be_the_same_once_more_is_not_added_and_not_hidden(send: Send) -> None:
    send(of_method("GET", [3, 0, 0, 0], 0.01, 10.0, temporality=1))
    assert send(of_method("GET", [3, 0, 0, 0], 0.01, 10.0, temporality=1)) == Receipt()
    refused = send(of_method("POST", [2, 0, 0, 0], 0.02, 10.0, temporality=1)).rejected

    assert stored("requests") == [(10.0, 10.0, 3.0)]
    assert refused == {rejection.TOLD_OTHERWISE: 3}  # how many, how long, and how spread


def test_what_is_left_out_is_counted_once_also_where_its_batch_comes_again(send: Send) -> None:
    known = uuid.uuid4().hex
    odd = cpu(-1.0, 0.0)
    assert send(odd, id=known) == Receipt(Counter({rejection.NEGATIVE: 1}))
    assert send(odd, id=known) == Receipt(replayed=True)
    assert [(loss.reason, loss.count) for loss in samples.left_out(date.min)] == [(rejection.NEGATIVE, 1)]


def test_a_running_exponential_histogram_too(send: Send) -> None:
    for counts, total, at in (([1, 2], 0.3, 0.0), ([1, 5], 0.9, 10.0)):
        point = exponential_point(
            counts, -30, total, at=NOW + at, span=at + 3600, attrs={"http.request.method": "GET", "http.route": "/"}
        )
        send(exponential(REQUEST, point, temporality=2))
    assert stored("requests") == [(10.0, 10.0, 3.0)]


def test_a_young_histogram_counts_whole(send: Send) -> None:
    young = explicit_point([1, 0, 0, 0], BOUNDS, 0.005, span=30, attrs={"http.request.method": "GET"})
    send(histogram(REQUEST, young, temporality=2))
    assert stored("requests") == [(0.0, 30.0, 1.0)]


def test_a_total_since_boot_whose_start_is_its_first_export_is_no_spike(send: Send) -> None:
    """The SDK of Node.js names its first export as the start of totals that count since boot."""
    for value, at in ((353.0, 5.0), (354.0, 10.0)):
        total = number(value, at=NOW + at, span=at, attrs={"cpu.mode": "user", "cpu.logical_number": "0"})
        send(counter("system.cpu.time", total, temporality=2))
    assert list(HostSample.objects.values_list("cpu_user", flat=True)) == [1.0]
