"""Where users wait longest: all requests, or one route of few, also in quiet services, and not what is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from advisor.features import Snapshot
from advisor.features.histogram import Histogram
from advisor.features.slowest import slowest
from advisor.features.window import Array
from tests.additions import with_window
from tests.builders import NOW, Load, snapshot


def _until(end: float, times: Array, told: Mapping[int, Histogram]) -> dict[int, Histogram]:
    return {row: found for row, found in told.items() if times[row] <= end}


def beside(slow: float, rps: float = 4.0, over: float = 0.0) -> Snapshot:
    """120 quick requests a second beside some that take so long, the last of them `over` seconds ago."""
    light, heavy = snapshot(Load(rps=120, noise=0.0)), snapshot(Load(rps=rps, latency=slow, noise=0.0))
    (one,), (other,) = light.window.instances, heavy.window.instances
    (quote,) = other.parts
    told = _until(NOW - over, other.track.times, other.track.latencies)
    both = {row: Histogram.merge(found, *([told[row]] if row in told else []))
            for row, found in one.track.latencies.items()}  # fmt: skip
    latencies = _until(NOW - over, quote.track.times, quote.track.latencies)
    route = replace(quote, name="GET /quote", track=replace(quote.track, latencies=latencies))
    grown = replace(one, track=replace(one.track, latencies=both), parts=(*one.parts, route))
    return with_window(light, instances=(grown,))


@pytest.mark.parametrize("rps", [4.0, 0.4], ids=["many", "of a longer time"])
def test_the_route_that_takes_most_of_the_time_is_found_where_it_is_slower(rps: float) -> None:
    found = slowest(beside(3.0, rps), 300.0, 0.8)
    assert found.route == "GET /quote"
    assert found.p95 > 3.0


@pytest.mark.parametrize("seen", [
    beside(0.2), beside(3.0, rps=0.1), beside(3.0, over=400.0), snapshot(Load(latency=3.0, routes={})),
], ids=["quick", "few", "over", "no routes"])  # fmt: skip
def test_else_it_is_that_of_all_requests(seen: Snapshot) -> None:
    assert slowest(seen, 300.0, 0.8) == (seen.p95(300.0), "")


def test_what_was_slow_ten_minutes_ago_is_not_told_as_present() -> None:
    seen = beside(3.0, rps=200.0, over=400.0)
    assert seen.p95(300.0) < 0.1
