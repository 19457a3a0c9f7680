"""cache_effect: ranges by an assumed hit ratio; nothing is foretold of what is not known."""

from __future__ import annotations

import math

import pytest

from advisor.diagnosis import cache_effect
from advisor.features import parts
from advisor.features.route_cost import RouteCost
from tests.strategies.repeated import calling, computing


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_sessions_keep_what_is_not_read_or_not_hit(share: float) -> None:
    [sessions] = cache_effect.of_sessions(4.0, share)
    assert (sessions.now, sessions.low, sessions.high) == pytest.approx((4.0, 4 - 3.2 * share, 4 - 1.2 * share))


def test_sessions_that_nobody_tells_of_are_not_foretold() -> None:
    assert cache_effect.of_sessions(math.nan, 0.5) == ()


def test_calls_beside_each_other_save_no_more_than_all_of_a_request() -> None:
    seen = calling(share=1.7)
    found = {e.metric: e for e in cache_effect.of_calls(seen, parts.destinations(seen, 300.0)[0], 1.0, 300.0)}
    mean = found["request_time"]
    assert mean.now is not None
    assert mean.low == pytest.approx(mean.now * 0.2)
    assert found["p95"].high == found["p95"].now, "the slowest are misses"


def test_a_loop_gains_by_what_its_routes_surely_and_perhaps_cost() -> None:
    seen = computing(**{"GET /products": 1.0})
    [loop] = cache_effect.of_loop(seen, (RouteCost("GET /products", 0.01, 0.8, 0.6, 0.9),))
    now = seen.loop(60.0)
    assert (loop.now, loop.low, loop.high) == pytest.approx((now, now * (1 - 0.72), now * (1 - 0.09)))
