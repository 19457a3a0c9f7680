"""What a service calls: time by address over all processes, and pools by how full they are."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.features import Snapshot, parts
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.builders import NOW, Load, Senders, snapshot

DB = "postgresql db.internal:5432"
QUIET = Senders(agent=False)


def _seen(time_scale: float = 1.0) -> Snapshot:
    return snapshot(Load(rps=20, latency=1.0), Load(rps=20, latency=1.0), senders=QUIET, time_scale=time_scale)


def _spent(seen: Snapshot) -> float:
    """Seconds that one row of a process spends in requests, on the mean."""
    return float(np.mean([process.track.values["request_time"].mean() for process in seen.processes]))


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_the_share_of_a_call_is_of_the_time_of_requests(time_scale: float) -> None:
    plain = _seen(time_scale)
    seen = with_part(plain, PartKind.DATABASE, DB, count=400.0, duration=0.8 * _spent(plain), errors=4.0)
    [found] = parts.destinations(seen, 300.0)
    assert found.share == pytest.approx(0.8, rel=0.1)
    assert found.mean == pytest.approx(0.8 * _spent(plain) / 400)
    assert found.failed == pytest.approx(0.01)
    assert found.is_database


def test_the_one_that_takes_most_time_comes_first() -> None:
    seen = with_part(_seen(), PartKind.DESTINATION, "rates.example:443", count=10.0, duration=1.0)
    seen = with_part(seen, PartKind.DATABASE, DB, count=10.0, duration=2.0)
    assert [one.name for one in parts.destinations(seen, 300.0)] == [DB, "rates.example:443"]


def test_how_long_a_call_took_before() -> None:
    plain = _seen()
    slower = np.where(plain.processes[0].track.times > NOW - 300, 30.0, 10.0)
    [found] = parts.destinations(with_part(plain, PartKind.DATABASE, DB, count=100.0, duration=slower), 300.0)
    assert found.mean == pytest.approx(0.3, rel=0.05)
    assert found.before == pytest.approx(0.1, rel=0.1)


def test_an_address_without_calls_is_left_out() -> None:
    assert parts.destinations(with_part(_seen(), PartKind.DATABASE, DB, count=0.0, duration=0.0), 300.0) == ()


def test_pools_by_how_full_they_are() -> None:
    seen = with_part(_seen(), PartKind.POOL, DB, used=5.0, capacity=10.0, pending=0.0)
    seen = with_part(seen, PartKind.POOL, "undici", used=9.0)
    seen = with_part(seen, PartKind.POOL, "small", used=2.0, capacity=2.0, pending=3.0)
    found = parts.pools(seen, 300.0)
    assert [pool.name for pool in found] == ["small", "small", DB, DB, "undici", "undici"]
    assert (found[0].utilization, found[0].pending) == (1.0, 3.0)
    assert math.isnan(found[0].wait)
    assert math.isnan(found[-1].utilization)


def test_nothing_called_and_no_pool() -> None:
    assert parts.destinations(_seen(), 300.0) == ()
    assert parts.pools(_seen(), 300.0) == ()


def test_a_pool_tells_how_long_a_connection_is_held_and_how_many_are_wanted() -> None:
    figures = {"used": 10.0, "capacity": 10.0, "count": 200.0, "duration": 80.0}
    [pool] = parts.pools(with_part(snapshot(Load(), senders=QUIET), PartKind.POOL, DB, **figures), 300.0)
    assert pool.rate == pytest.approx(20.0)
    assert pool.hold == pytest.approx(0.5)
    assert pool.wanted == pytest.approx(18.0)


@pytest.mark.parametrize(("figures", "wanted"), [({"pending": 3.0, "duration": 80.0}, 13.0), ({}, 10.0)])
def test_who_waits_is_counted_before_it_is_estimated(figures: dict[str, float], wanted: float) -> None:
    seen = with_part(snapshot(Load(), senders=QUIET), PartKind.POOL, DB, used=10.0, capacity=10.0, **figures)
    [pool] = parts.pools(seen, 300.0)
    assert pool.wanted == pytest.approx(wanted)
    assert math.isnan(pool.hold)
