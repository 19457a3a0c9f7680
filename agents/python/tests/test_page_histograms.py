from __future__ import annotations

import random

import pytest

from advisor_agent.page_histograms import PageHistograms

SEEDS = range(100)


def taken(*lines, name="h"):
    histograms = PageHistograms([name])
    for line, labels, value in lines:
        assert histograms.take(line, labels, value)
    return [(labels, b.bounds, b.counts, b.count, b.sum) for labels, b in histograms.of(name)]


def test_running_counts_become_buckets():
    assert taken(
        ("h_bucket", 'le="0.1",route="/a"', 3),
        ("h_bucket", 'le="1",route="/a"', 5),
        ("h_bucket", 'le="+Inf",route="/a"', 6),
        ("h_sum", 'route="/a"', 2.5),
        ("h_count", 'route="/a"', 6),
    ) == [({"route": "/a"}, (0.1, 1.0), (3, 2, 1), 6, 2.5)]


def test_labels_may_stand_in_another_order_and_buckets_too():
    assert taken(
        ("h_bucket", 'b="2",a="1",le="+Inf"', 6),
        ("h_bucket", 'a="1",le="0.1",b="2"', 3),
        ("h_sum", 'a="1",b="2"', 1),
    ) == [({"b": "2", "a": "1"}, (0.1,), (3, 3), 6, 1)]


def test_the_last_bucket_may_be_told_by_the_count_alone():
    assert taken(("h_bucket", 'le="1"', 3), ("h_sum", "", 1), ("h_count", "", 4)) == [({}, (1.0,), (3, 1), 4, 1)]


def test_a_summary_has_count_and_sum_alone():
    assert taken(("h", 'quantile="0.5"', 0.2), ("h_sum", "", 1.5), ("h_count", "", 4)) == [({}, (), (), 4, 1.5)]


@pytest.mark.parametrize(
    "lines",
    [
        [("h_bucket", 'le="1"', 3), ("h_count", "", 4)],  # no sum
        [("h_bucket", 'le="1"', 3), ("h_sum", "", 1)],  # no count
        [("h_bucket", 'le="1"', 3), ("h_bucket", 'le="2"', 2), ("h_sum", "", 1), ("h_count", "", 4)],  # it falls
        [("h_bucket", 'le="1"', 5), ("h_sum", "", 1), ("h_count", "", 4)],
        [("h_bucket", 'le="1"', 1.5), ("h_sum", "", 1), ("h_count", "", 4)],
        [("h_bucket", 'le="x"', 1), ("h_sum", "", 1), ("h_count", "", 4)],
        [("h_bucket", 'le="NaN"', 1), ("h_sum", "", 1), ("h_count", "", 4)],
        [("h_sum", "", float("nan")), ("h_count", "", 4)],
        [("h_sum", "", -1.0), ("h_count", "", 4)],
        [("h_sum", "", 1.0), ("h_count", "", float("inf"))],
        [("h_sum", "", 1.0), ("h_count", "", 1e300)],
    ],
)
def test_a_series_that_contradicts_itself_is_left_out(lines):
    assert taken(*lines, ("h_sum", 'ok="1"', 1), ("h_count", 'ok="1"', 1)) == [({"ok": "1"}, (), (), 1, 1)]


def test_other_lines_are_nobodys():
    histograms = PageHistograms(["h"])
    assert not histograms.take("h_created", "", 1)
    assert not histograms.take("hh_bucket", 'le="1"', 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_was_observed_is_counted_once(seed):
    dice = random.Random(seed)
    bounds = sorted({round(dice.uniform(0.001, 10), 3) for _ in range(dice.randint(1, 12))})
    seen = [dice.uniform(0, 12) for _ in range(dice.randint(0, 200))]
    lines = [("h_bucket", f'le="{bound}"', sum(s <= bound for s in seen)) for bound in bounds]
    lines += [("h_bucket", 'le="+Inf"', len(seen)), ("h_sum", "", sum(seen)), ("h_count", "", len(seen))]
    dice.shuffle(lines)
    ((_, found, counts, count, total),) = taken(*lines)
    edges = [-1, *bounds, float("inf")]
    assert counts == tuple(sum(a < s <= b for s in seen) for a, b in zip(edges, edges[1:]))
    assert (found, count, total) == (tuple(bounds), len(seen), sum(seen))
