from __future__ import annotations

import pytest

from advisor_agent.buckets import Buckets

BOUNDS = (0.1, 1.0)


def buckets(*counts, total=1.0, bounds=BOUNDS):
    return Buckets(bounds, counts, sum(counts), total)


def test_the_gain_is_counted_bucket_by_bucket():
    gain = buckets(5, 3, 1, total=4.0).since(buckets(4, 1, 1, total=1.5))
    assert (gain.counts, gain.count, gain.sum) == ((1, 2, 0), 3, 2.5)


@pytest.mark.parametrize(
    "before",
    [
        buckets(6, 3, 1),  # began anew
        buckets(4, 4, 0),  # no bucket ever loses
        buckets(5, 2, 1, bounds=(0.2, 1.0)),
    ],
)
def test_a_histogram_that_began_anew_or_changed_its_bounds_has_no_gain(before):
    assert buckets(5, 3, 1).since(before) is None


def test_count_and_sum_alone_have_a_gain_too():
    gain = Buckets((), (), 7, 2.0).since(Buckets((), (), 5, 1.0))
    assert (gain.counts, gain.count, gain.sum) == ((), 2, 1.0)


def test_a_sum_never_falls_by_rounding():
    assert buckets(1, 0, 0, total=0.1).since(buckets(1, 0, 0, total=0.1 + 1e-12)).sum == 0


def test_two_are_added():
    both = buckets(1, 2, 3).plus(buckets(1, 0, 1))
    assert (both.counts, both.count, both.sum) == ((2, 2, 4), 8, 2.0)


def test_what_counts_between_other_bounds_is_not_added():
    with pytest.raises(ValueError, match="bounds"):
        buckets(1, 2, 3).plus(buckets(1, 2, 3, bounds=(1.0, 2.0)))


def test_nothing_keeps_the_bounds():
    nothing = buckets(1, 2, 3).nothing()
    assert (nothing.bounds, nothing.counts, nothing.count, nothing.sum) == (BOUNDS, (0, 0, 0), 0, 0.0)
