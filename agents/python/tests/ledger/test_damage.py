"""Files of the queue are torn or changed behind the agent's back."""

from __future__ import annotations

import os
import random

import pytest

from advisor_agent.batch import Batch
from advisor_agent.log import Log
from advisor_agent.spool import Spool
from fakes.ledger import Findings, Ledger
from fakes.probes import body_of
from fakes.witnessed import ended

BATCHES = [Batch(f"id-{number}", "application/json", "", body_of("probe", number)) for number in range(3)]
RECORDS = [batch.to_bytes() for batch in BATCHES]
LAST = RECORDS[-1]


@pytest.fixture
def restarted(tmp_path):
    """Start on a queue of these records, and send what it has: what is lost by the ledger, and by the agent's count."""
    queue = tmp_path / "queue"
    queue.mkdir()
    ledger = Ledger()
    for batch in BATCHES:
        ledger.offer(batch.id, batch.body)
        ledger.take(batch.id)

    def _restarted(records):
        for number, record in enumerate(records):
            (queue / f"{number}.batch").write_bytes(record)
        spool, stored = Spool(str(tmp_path), Log()), []
        while first := spool.first():
            stored.append((first[1].id, first[1].body))
            spool.remove(first[0])
        os.close(spool._lock)
        assert os.listdir(queue) == []
        return ledger.findings(stored), spool.dropped

    return _restarted


def test_a_last_record_that_is_torn_at_any_byte_costs_itself_alone(restarted):
    for length in range(len(LAST)):
        assert restarted([*RECORDS[:-1], LAST[:length]]) == (Findings({"id-2"}, set(), set()), 1)


def test_a_thousand_flipped_bits_cost_one_record_each(restarted, seed):
    chance = random.Random(seed)
    for _ in range(1000):
        records = [bytearray(record) for record in RECORDS]
        hurt = chance.randrange(len(records))
        bit = chance.randrange(len(records[hurt]) * 8)
        records[hurt][bit // 8] ^= 1 << bit % 8
        assert restarted(records) == (Findings({f"id-{hurt}"}, set(), set()), 1)


def test_an_agent_starts_on_a_damaged_queue_tells_the_losses_and_goes_on(chaos):
    queue = chaos.state / "queue"
    queue.mkdir(parents=True)
    for number, batch in enumerate(BATCHES):
        chaos.ledger.offer(batch.id, batch.body)
        chaos.ledger.take(batch.id)
        (queue / f"{number}.batch").write_bytes(RECORDS[number] if number == 1 else RECORDS[number][:-1])
    with chaos.life() as agent:
        chaos.deliver(agent)
    assert ended(agent) == 0
    assert chaos.judged() == Findings({"id-0", "id-2"}, set(), set())
    assert chaos.said.count("2 batches were lost while they waited") == 1
