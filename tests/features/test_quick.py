"""The quickest minute of a route or a call: of any process, and only where enough came."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features import Snapshot
from advisor.features.quick import FEW, means, quickest
from advisor.features.sums import Span
from advisor.vocabulary import PartKind
from tests.additions import rows, with_part
from tests.builders import NOW, Load, snapshot

KINDS = (PartKind.DESTINATION,)
ROUTE = rows(180, 10, count=[30.0] * 6 + [1.0] * 6 + [10.0] * 6, duration=[3.0] * 6 + [9.0] * 6 + [5.0] * 6)


def called(
    count: float, *, minutes: int = 3, quick: float = 0.1, failed: float = 0.0, time_scale: float = 1.0
) -> Snapshot:
    """Calls that take `slow` seconds, but for the three minutes from seven to four minutes ago."""
    plain = snapshot(Load(), time_scale=time_scale)
    times = plain.processes[0].track.times
    best = (times > NOW - 60 * (4 + minutes) / time_scale) & (times <= NOW - 240 / time_scale)
    each = np.where(best, quick, 0.8)
    return with_part(plain, PartKind.DESTINATION, "stock 80", count=count + 0 * each, duration=count * each,
                     errors=np.where(best, failed, 0.0) * count)  # fmt: skip


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_the_minute_that_took_least_is_found(time_scale: float) -> None:
    found = quickest(called(50.0, time_scale=time_scale), KINDS, "stock 80")
    assert found.mean == pytest.approx(0.1)
    assert found.rate > 0


@pytest.mark.parametrize(("minutes", "failed"), [(2, 0.0), (3, 0.5)], ids=["two alone", "quick failures"])
def test_few_quick_minutes_or_such_of_failures_are_not_compared(minutes: int, failed: float) -> None:
    found = quickest(called(50.0, minutes=minutes, failed=failed), KINDS, "stock 80")
    assert found.mean == pytest.approx(0.8)


def test_a_minute_of_few_says_nothing() -> None:
    plain = called(FEW / 100)
    assert math.isnan(quickest(plain, KINDS, "stock 80").mean)


@pytest.mark.parametrize(("kinds", "name"), [(KINDS, "ratings 80"), ((PartKind.DATABASE,), "stock 80")])
def test_others_are_not_asked(kinds: tuple[PartKind, ...], name: str) -> None:
    assert math.isnan(quickest(called(50.0), kinds, name).mean)


def test_each_minute_has_its_mean_and_one_with_few_requests_has_none() -> None:
    first, second, third = means(ROUTE, Span(NOW - 180, NOW), 60.0)
    assert (first, third) == pytest.approx((0.1, 0.5))
    assert math.isnan(second)


def test_more_may_be_asked_for() -> None:
    assert [math.isnan(mean) for mean in means(ROUTE, Span(NOW - 180, NOW), 60.0, 100)] == [False, True, True]


def test_a_route_that_tells_nothing_has_no_means() -> None:
    assert all(map(math.isnan, means(rows(180, 10), Span(NOW - 180, NOW), 60.0)))
