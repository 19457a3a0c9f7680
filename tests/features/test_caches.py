"""caches: which are a service's own, how often they answer, and when they are full or have no time left."""

from __future__ import annotations

import math

import pytest

from advisor.features import Snapshot
from advisor.features.caches import is_cache, own_caches
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.builders import Load, snapshot

HERE, AWAY = "redis 127.0.0.1 6379", "redis 10.0.0.5 6379"


def kept(name: str = HERE, time_scale: float = 1.0, **figures: float) -> Snapshot:
    """Ten seconds with 900 hits and 100 misses."""
    told = {"hits": 900.0 / time_scale, "misses": 100.0 / time_scale, "evicted": 0.0} | figures
    return with_part(snapshot(Load(), time_scale=time_scale), PartKind.DATASTORE, name, **told)


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_it_tells_how_often_it_answers(time_scale: float) -> None:
    [found] = own_caches(kept(time_scale=time_scale), 300.0)
    assert found.name == HERE
    assert (found.lookups, found.hit_ratio, found.evicted) == pytest.approx((100.0, 0.9, 0.0))


def test_keys_given_up_are_told_for_each_look_up() -> None:
    assert own_caches(kept(evicted=50.0), 300.0)[0].evicted == pytest.approx(0.05)


@pytest.mark.parametrize(("called", "count"), [("redis cache.internal:6379", 1), ("redis cache.internal:6380", 0)])
def test_one_elsewhere_is_the_service_s_own_only_where_it_calls_it(called: str, count: int) -> None:
    seen = with_part(kept(AWAY), PartKind.DATABASE, called, count=1.0, duration=0.001)
    assert len(own_caches(seen, 300.0)) == count


def test_a_database_is_no_cache() -> None:
    assert own_caches(kept("postgresql 127.0.0.1 5432 shop"), 300.0) == ()
    assert [is_cache(name) for name in ("valkey db:6379", "memcached db:11211", "postgresql db:5432", "redis_x a")] == [
        True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "busy"), [(1.0, 0.8), (2.0, math.nan)])
def test_its_one_thread_is_known_where_it_runs_alone(count: float, busy: float) -> None:
    seen = with_part(kept(), PartKind.PROGRAM, "redis-server", active=count, busy=8.0)
    assert own_caches(seen, 300.0)[0].busy == pytest.approx(busy, nan_ok=True)
    assert math.isnan(own_caches(kept(), 300.0)[0].busy)


def test_one_that_is_not_asked_answers_no_share() -> None:
    [found] = own_caches(kept(hits=0.0, misses=0.0), 300.0)
    assert math.isnan(found.hit_ratio)
    assert math.isnan(found.evicted)
