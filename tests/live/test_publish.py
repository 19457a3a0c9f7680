from __future__ import annotations

import time

import pytest
from redis.exceptions import RedisError

from advisor.live import publish
from tests.live.conftest import Broker


def test_without_a_broker_the_caller_hears_of_it_at_once(broker: Broker) -> None:
    broker.kill()
    started = time.monotonic()
    with pytest.raises((OSError, RedisError)):
        publish.samples([1], [1])
    assert time.monotonic() - started < 10
