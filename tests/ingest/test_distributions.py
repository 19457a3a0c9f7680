from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.ingest import distributions, limits
from advisor.ingest.points import Buckets, ExponentialPoint, HistogramPoint
from advisor.ingest.readings import Distribution
from tests.ingest.exports import Json, explicit_point, exponential_point

BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1]


def explicit(point: Json) -> HistogramPoint:
    return msgspec.json.decode(json.dumps(point), type=HistogramPoint)


def exponential(point: Json) -> ExponentialPoint:
    return msgspec.json.decode(json.dumps(point), type=ExponentialPoint)


def test_explicit_buckets_keep_count_sum_and_extremes() -> None:
    point = explicit(explicit_point([5, 0, 3, 0, 0, 1], BOUNDS, 0.3, min=0.001, max=0.2))
    found, bounds = distributions.explicit(point, 1.0)
    assert (found.count, found.sum, found.max) == (9, 0.3, 0.2)
    assert bounds == tuple(BOUNDS)
    assert found.merged is not None
    assert found.merged.count == 9
    assert found.merged.quantile(1.0) == pytest.approx(0.2, rel=0.1)


@pytest.mark.parametrize(("counts", "total", "longest"), [
    ([40, 9, 0, 0], 0.012, 0.001),  # at least where its bucket begins
    ([40, 9, 3, 0], 0.67, 0.18),  # three share what the others cannot have taken
    ([40, 9, 0, 1], 1.2, 1.07),
    ([0, 0, 0, 0], 0.0, None),
])  # fmt: skip
def test_the_longest_is_what_it_must_be_at_least_where_nobody_tells_it(
    counts: list[int], total: float, longest: float | None
) -> None:
    bounds = [0.001, 0.01, 0.2]
    found, _ = distributions.explicit(explicit(explicit_point(counts, bounds, total)), 1.0)
    assert found.max == (None if longest is None else pytest.approx(longest, rel=0.02))


def test_milliseconds_become_seconds() -> None:
    point = explicit(explicit_point([0, 4, 0], [100.0, 200.0], 600.0, max=180.0))
    found, bounds = distributions.explicit(point, 0.001)
    assert bounds == pytest.approx((0.1, 0.2))
    assert found.sum == pytest.approx(0.6)
    assert found.max == pytest.approx(0.18)
    assert found.merged is not None
    assert 0.1 <= found.merged.quantile(0.5) <= 0.2


def test_exponential_buckets_scale_too() -> None:
    seconds = distributions.exponential(exponential(exponential_point([4], -20, 0.8)), 1.0)
    millis = distributions.exponential(exponential(exponential_point([4], round(-20 + 8 * 9.9658), 800.0)), 0.001)
    assert seconds.merged is not None
    assert millis.merged is not None
    assert millis.sum == pytest.approx(seconds.sum)
    assert millis.merged.quantile(0.5) == pytest.approx(seconds.merged.quantile(0.5), rel=0.1)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 50), min_size=6, max_size=6),
    st.lists(st.integers(0, 50), min_size=6, max_size=6),
)
def test_the_difference_of_running_counts_is_exactly_what_came(before: list[int], more: list[int]) -> None:
    after = [a + b for a, b in zip(before, more, strict=True)]
    earlier = distributions.running_explicit(explicit(explicit_point(before, BOUNDS, float(sum(before)))), 1.0)
    later = distributions.running_explicit(explicit(explicit_point(after, BOUNDS, float(sum(after)))), 1.0)
    added = later.subtract(earlier)
    assert added is not None
    direct, _ = distributions.explicit(explicit(explicit_point(more, BOUNDS, float(sum(more)))), 1.0)
    found = distributions.explicit_difference(added, tuple(BOUNDS))
    assert found.merged == direct.merged
    assert found.count == sum(more)


@pytest.mark.parametrize(
    "broken",
    [
        explicit_point([1, 2], BOUNDS, 1.0),
        explicit_point([1, 2, 3], [0.2, 0.1], 1.0),
        explicit_point([-1, 2], [0.1], 1.0),
        {**explicit_point([1, 2], [0.1], 1.0), "count": "many"},
        {**explicit_point([1, 2], [0.1], 1.0), "count": "9" * 30},
        {**explicit_point([1, 2], [0.1], 1.0), "count": 10**30},
        {**explicit_point([1, 2], [0.1], 1.0), "bucketCounts": "no list"},
        {**explicit_point([1, 2], [0.1], 1.0), "bucketCounts": [1] * limits.BUCKET_BYTES},
    ],
)
def test_buckets_that_do_not_fit_are_an_error(broken: Json) -> None:
    with pytest.raises(ValueError, match=r".+"):
        distributions.explicit(explicit(broken), 1.0)


def test_a_histogram_without_buckets_still_has_figures() -> None:
    found, _ = distributions.explicit(explicit({**explicit_point([], [], 1.5), "count": 3}), 1.0)
    assert (found.count, found.sum, found.merged) == (3, 1.5, None)


def test_a_stream_holds_only_so_many_buckets() -> None:
    wide = explicit_point([1] * 200, [float(x) for x in range(199)], 1.0)
    with pytest.raises(ValueError, match="buckets"):
        distributions.running_explicit(explicit(wide), 1.0)


@pytest.mark.parametrize("counts", [[10**30], [2**64], ["18446744073709551616"]])
def test_counts_of_more_than_64_bits_are_refused(counts: list[object]) -> None:
    """They would overflow every quantile that is read from them."""
    raw = msgspec.Raw(msgspec.json.encode(counts) if isinstance(counts[0], str) else str(counts).encode())
    with pytest.raises(ValueError, match=r"64 bits|out of range"):
        distributions.exponential(ExponentialPoint(count=1, positive=Buckets(0, raw)), 1.0)


def test_counts_may_travel_as_text() -> None:
    point = ExponentialPoint(count="3", positive=Buckets(0, msgspec.Raw(b'["1", "2"]')))
    merged = distributions.exponential(point, 1.0).merged
    assert merged is not None
    assert merged.counts == (1, 2)


def test_buckets_that_nobody_keeps_are_not_read() -> None:
    point = ExponentialPoint(count=3, sum=1.5, max=0.9, positive=Buckets(0, msgspec.Raw(b'"no list"')))
    assert distributions.exponential(point, 1.0, is_kept=False) == Distribution(3, 1.5, 0.9, None)


def test_bounds_without_counts_are_not_kept_for_later() -> None:
    """A running total would be counted by them, and fail only where it is stored."""
    point = explicit(explicit_point([], [5.0, 1.0], 1.0))
    assert distributions.explicit(point, 1.0)[1] == ()
