from __future__ import annotations

import gzip
import json
import signal

import pytest

from advisor_agent.events import EXITED, STARTED, Events, end_of
from advisor_agent.log import Log
from advisor_agent.resource import Resource
from advisor_agent.spool import Spool

RESOURCE = Resource({"service.name": "shop", "process.pid": 7})


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def spool(tmp_path):
    return Spool(str(tmp_path / "state"), Log())


def names(spool):
    """The names of the events in the oldest batch, which is taken."""
    name, batch = spool.first()
    spool.remove(name)
    assert (batch.signal, batch.content_type, batch.encoding) == ("logs", "application/json", "gzip")
    resources = json.loads(gzip.decompress(batch.body))["resourceLogs"]
    return [resource["scopeLogs"][0]["logRecords"][0]["eventName"] for resource in resources]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (0, {"advisor.cause": "exit", "process.exit.code": 0}),
        (3 << 8, {"advisor.cause": "exit", "process.exit.code": 3}),
        (signal.SIGKILL, {"advisor.cause": "signal", "advisor.process.exit.signal": "SIGKILL"}),
        (signal.SIGABRT | 0x80, {"advisor.cause": "signal", "advisor.process.exit.signal": "SIGABRT"}),
        (40, {"advisor.cause": "signal", "advisor.process.exit.signal": "signal 40"}),
        (None, {}),
    ],
)
def test_a_wait_status_in_the_words_of_the_contract(status, said):
    assert end_of(status) == said


def test_the_first_is_queued_at_once_and_what_follows_within_a_second_together(spool, clock):
    events = Events(spool, clock)
    events.add(RESOURCE, STARTED, 1, {})
    events.work()
    assert names(spool) == [STARTED]
    for _ in range(2):
        events.add(RESOURCE, EXITED, 2, {})
    events.work()
    assert not spool
    assert events.next_wake() == 101.0
    clock.now = 101.0
    events.work()
    assert names(spool) == [EXITED, EXITED]
    assert events.next_wake() is None


def test_where_nothing_happened_nothing_is_queued(spool, clock):
    events = Events(spool, clock)
    events.work()
    events.flush()
    assert not spool
    assert events.next_wake() is None


def test_a_batch_has_a_largest_size(spool, clock):
    events = Events(spool, clock)
    for _ in range(501):
        events.add(RESOURCE, EXITED, 2, {})
    assert len(names(spool)) == 500
    events.flush()
    assert len(names(spool)) == 1
