"""Whatever is sent is kept, rejected or ignored, under a reason that is written down."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, reject
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from advisor.fleet import registry, tokens
from advisor.fleet.caps import Kind
from advisor.fleet.models import Token
from advisor.ingest import otlp_json, rejection
from advisor.ingest.answers import Receipt, Refusal
from advisor.ingest.batch import Batch
from advisor.ingest.commit import Committer
from advisor.ingest.pivot import Pivot
from advisor.store import samples
from advisor.store.models import HostSample, PartSample, ProcessSample, Stream
from advisor.store.part_names import MOST_NAMES
from tests.chaos.inputs import points, who
from tests.ingest.batches import ELU, Told
from tests.ingest.exports import (
    HOST,
    NOW,
    PROCESS,
    Json,
    body,
    counter,
    explicit_point,
    gauge,
    histogram,
    number,
    resource,
)

pytestmark = pytest.mark.django_db(transaction=True)

Send = Callable[..., Receipt]
CPU = {"cpu.mode": "user"}

REASONS = {reason for reason in vars(rejection).values() if isinstance(reason, str)} | set(rejection.BEYOND.values())

FATES: dict[str, tuple[str, Callable[[float], Json]]] = {
    "kept": ("", lambda at: gauge(ELU, number(0.5, at=at))),
    "kept increase": ("", lambda at: counter("process.cpu.time", number(1.0, at=at, span=1, attrs=CPU))),
    "unknown": (rejection.NOT_KEPT, lambda at: gauge("shop.orders", number(3.0, at=at))),
    "other mode": (rejection.NOT_KEPT, lambda at: gauge("process.cpu.time", number(3.0, at=at))),
    "silent": (rejection.NO_VALUE, lambda at: gauge(ELU, {**number(0.0, at=at), "flags": 1})),
    "no span": (rejection.NO_SPAN, lambda at: counter("process.cpu.time", number(1.0, at=at, span=0, attrs=CPU))),
    "total": (rejection.FIRST, lambda at: counter("process.cpu.time", _total(at), temporality=2)),
    "no number": (rejection.NOT_A_NUMBER, lambda at: gauge(ELU, number("NaN", at=at))),
    "too large": (rejection.TOO_LARGE, lambda at: gauge(ELU, number(7.0, at=at))),
    "too old": (rejection.TOO_OLD, lambda at: gauge(ELU, number(0.5, at=at - 3 * 86400))),
    "wrong kind": (rejection.WRONG_KIND, lambda at: gauge("process.cpu.time", number(1.0, at=at, attrs=CPU))),
}
"""What a point is -> the reason why it is not kept, and the point at a moment."""

IGNORED = {rejection.NOT_KEPT, rejection.NO_VALUE, rejection.NO_SPAN, rejection.FIRST}


def _total(at: float) -> Json:
    """A running total of a stream of its own: its first point is its only one."""
    return number(5.0, at=at, attrs={**CPU, "moment": at})


@pytest.fixture
def send() -> Send:
    registry.forget()
    token, committer, pivot = tokens.make(Token.Kind.API)[0], Committer(Told()), Pivot()

    def send(*said: Json, now: float = NOW) -> Receipt:
        pivoted = pivot.sort(otlp_json.decode(body(*said)), now, lambda host: 0.0)
        (outcome,) = committer([Batch(pivoted, token, None, now)])
        assert isinstance(outcome, Receipt)
        return outcome

    return send


def rows() -> int:
    return sum(model.objects.count() for model in (ProcessSample, HostSample, PartSample))


def clean() -> None:
    for model in (ProcessSample, HostSample, PartSample, Stream):
        model.objects.all().delete()


def test_stored_and_rejected_and_ignored_are_what_was_sent(send: Send) -> None:
    @examples(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.sampled_from(sorted(FATES)), max_size=40))
    def check(sent: list[str]) -> None:
        clean()
        made = [FATES[fate][1](NOW - 1 - moment) for moment, fate in enumerate(sent)]
        receipt = send(resource(PROCESS, *made))

        expected = Counter(FATES[fate][0] for fate in sent if FATES[fate][0])
        assert receipt.points == len(sent)
        assert receipt.kept == rows() == len(sent) - expected.total()
        assert receipt.ignored == Counter({reason: n for reason, n in expected.items() if reason in IGNORED})
        assert receipt.rejected == Counter({reason: n for reason, n in expected.items() if reason not in IGNORED})

    check()


def test_a_point_alone_is_stored_or_has_one_reason(send: Send) -> None:
    """Of whatever can be sent: one point, so that nothing hides behind another."""

    @examples(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(who, metrics())
    def check(sender: Json, metric: Json) -> None:
        clean()
        try:
            receipt = send(resource(sender, metric))
        except Refusal:  # a time or a count that is no whole number: the body cannot be read
            reject()
        assert receipt.points == 1
        assert (receipt.kept == 1) == (rows() > 0), (receipt, metric)
        assert receipt.kept + receipt.refused + receipt.ignored.total() == 1
        assert {*receipt.rejected, *receipt.ignored} <= REASONS

    check()


@st.composite
def metrics(draw: st.DrawFn) -> Json:
    """A metric that is known, with one point of one kind."""
    name = draw(
        st.sampled_from([ELU, "process.cpu.time", "http.server.request.duration", "v8js.gc.duration", HOST_ONLY])
    )
    kind = draw(st.sampled_from(["gauge", "sum", "histogram", "exponentialHistogram", "summary"]))
    data = {"dataPoints": [draw(points)], "aggregationTemporality": draw(st.integers(0, 2)), "isMonotonic": True}
    return {"name": name, kind: data}


HOST_ONLY = "system.memory.limit"


def test_figures_of_a_machine_that_nothing_names_are_rejected(send: Send) -> None:
    nowhere = {"service.name": "shop", "service.instance.id": "i-1"}
    receipt = send(resource(nowhere, gauge(HOST_ONLY, number(8e9)), gauge(ELU, number(0.5))))
    assert (receipt.rejected, receipt.kept) == ({rejection.NOT_NAMED: 1}, 1)


def test_a_distribution_without_a_figure_that_is_kept_says_nothing(send: Send) -> None:
    silent = {"timeUnixNano": str(round(NOW * 1e9)), "startTimeUnixNano": str(round((NOW - 9) * 1e9)), "count": 2}
    receipt = send(resource(PROCESS, histogram("v8js.gc.duration", silent)))
    assert (receipt.ignored, receipt.kept) == ({rejection.NO_VALUE: 1}, 0)


def test_a_flood_of_names_becomes_fifty_series_and_their_rest(send: Send) -> None:
    """Over many requests: nothing that they count is lost, in the process's own row or in its routes."""
    for request in range(12):
        attrs = [{"http.request.method": "GET", "http.route": f"/{request}/{name}"} for name in range(10)]
        points = [explicit_point([1, 0], [1.0], 0.5, at=NOW - request, span=1.0, attrs=each) for each in attrs]
        assert send(resource(PROCESS, histogram("http.server.request.duration", *points))).kept == 10

    routes = PartSample.objects.filter(kind="route")
    assert routes.values("name").distinct().count() == MOST_NAMES + 1
    assert routes.aggregate(all=Sum("count"))["all"] == 120
    assert routes.filter(name="other").aggregate(all=Sum("count"))["all"] == 120 - MOST_NAMES
    assert ProcessSample.objects.aggregate(all=Sum("requests"))["all"] == 120


def test_totals_beyond_the_series_of_a_token_are_rejected(send: Send, settings: Settings) -> None:
    settings.MOST_SERIES = 3
    receipt = send(
        resource(PROCESS, counter("process.cpu.time", *[_total(NOW - at) for at in range(5)], temporality=2))
    )
    assert receipt.rejected == {rejection.BEYOND[Kind.SERIES]: 2}
    assert receipt.ignored == {rejection.FIRST: 3}


def test_what_is_ignored_is_no_error_and_counted_for_the_owner(send: Send) -> None:
    receipt = send(resource(HOST, gauge("shop.orders", number(1.0), number(math.pi))))
    assert (receipt.refused, receipt.message) == (0, "")
    assert [(loss.reason, loss.count) for loss in samples.left_out(date.min)] == [(rejection.NOT_KEPT, 2)]


def test_what_is_ignored_is_counted_from_time_to_time_and_completely(send: Send) -> None:
    strange = resource(HOST, gauge("shop.orders", number(1.0)))
    for after in (0.0, 3.0, 9.0, 11.0):
        send(strange, now=NOW + after)
    assert [loss.count for loss in samples.left_out(date.min)] == [4]
