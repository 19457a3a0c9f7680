"""The time of a call to the database of a pool: that of its own server, where calls name it."""

from __future__ import annotations

import math

import pytest

from advisor.diagnosis.call_effect import call_time
from advisor.features import parts
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.builders import Load, snapshot

PRIMARY, REPLICA, ALIAS = "postgresql 10.0.0.5:5432/shop", "postgresql 10.0.0.6:5432/shop", "postgresql db:5432/shop"


def told(pool: str, **calls: float) -> float:
    """To primary and replica on one port, or to another port, each with so many seconds a call."""
    seen = with_part(snapshot(Load()), PartKind.POOL, pool, used=5.0, capacity=10.0)
    places = {"primary": PRIMARY, "replica": REPLICA, "other": "postgresql 10.0.0.5:6432/shop"}
    for name, mean in calls.items():
        seen = with_part(seen, PartKind.DATABASE, places[name], count=100.0, duration=100.0 * mean)
    return call_time(seen, parts.pools(seen, 300.0)[0], 300.0)


@pytest.mark.parametrize(("pool", "mean"), [(PRIMARY, 0.01), (REPLICA, 0.05)])
def test_a_call_to_another_server_on_the_same_port_does_not_count(pool: str, mean: float) -> None:
    assert told(pool, primary=0.01, replica=0.05) == pytest.approx(mean)


def test_another_address_may_be_the_same_server() -> None:
    assert told(ALIAS, primary=0.01) == pytest.approx(0.01)


def test_another_port_is_another_server() -> None:
    assert math.isnan(told(PRIMARY, other=0.01))
    assert math.isnan(told(PRIMARY))
