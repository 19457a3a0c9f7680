"""downstream-bound with several pools: the one that requests wait for speaks, however full another one is."""

from __future__ import annotations

from advisor.diagnosis import Condition
from advisor.features import Snapshot
from advisor.vocabulary import PartKind, Verdict
from tests.additions import with_part
from tests.builders import snapshot
from tests.rules.test_downstream_bound import DB, SLOW, read, rule


def pooled(used: float, pending: float, *, listeners: float = 1.0) -> Snapshot:
    """Slow requests with a pool of 20, and one of one connection that nobody waits for."""
    seen = snapshot(SLOW)
    track = seen.window.instances[0].track
    count, spent = track.values["requests"], track.values["request_time"]
    seen = with_part(seen, PartKind.DATABASE, DB, count=2 * count, duration=0.3 * spent, errors=0.0 * count)
    seen = with_part(seen, PartKind.POOL, "listener", used=listeners, capacity=1.0, pending=0.0)
    return with_part(seen, PartKind.POOL, DB, used=used, capacity=20.0, pending=pending)


def test_the_pool_that_requests_wait_for_is_named_beside_a_fuller_one() -> None:
    found = read(pooled(19.4, 12.0))
    assert found.condition is Condition.OVER
    assert "one of the 20 connections of the pool" in found.claim
    assert "97% of them at work" in found.claim


def test_silent_where_nobody_waits_for_either() -> None:
    assert rule(pooled(19.4, 0.2)).verdict is Verdict.CLEAR
    assert rule(pooled(12.0, 12.0)).verdict is Verdict.CLEAR
