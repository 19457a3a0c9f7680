"""The server is away for a day of simulated time, and comes back."""

from __future__ import annotations

import re
import socket
from contextlib import ExitStack
from itertools import pairwise

import pytest

from advisor_agent.address import Address
from advisor_agent.http import Message
from advisor_agent.uuid7 import uuid7
from fakes.ledger import NOTHING
from fakes.probes import body_of
from fakes.receiving import request
from fakes.shaky import shaky_sink
from fakes.simulated import OneSample, Simulation

HOUR = 3600.0
INTERVAL = 10.0
FIRST_SECONDS, MOST_SECONDS, LEAST_SECONDS = 1.0, 300.0, 0.1
"""Full jitter: a draw below 1 s, 2 s, 4 s ... 300 s, of a tenth of a second at least."""


class Outage:
    """A server that is away for so many seconds, and a probe that posts now and then meanwhile."""

    def __init__(self, monkeypatch, folder, seed, every=60.0, **simulation):
        self.port = free_port()
        self.simulation = Simulation(monkeypatch, f"http://127.0.0.1:{self.port}", folder, seed, **simulation)
        monkeypatch.setattr(Address, "is_loopback", False)  # a refused loopback connection has a wait of its own
        self._every, self._next_post, self._asked = every, 0.0, ""
        self._probe = None

    def last(self, seconds):
        """Let it last, and the agent deliver; what the sink stored, and what is said of it."""
        with ExitStack() as stack:
            self._sink, self._stack, self._until = None, stack, seconds
            self.simulation.run(self._before_waiting)
            self._probe.close()
            return self._sink.stored

    def _before_waiting(self):
        now, agent = self.simulation.clock.seconds, self.simulation
        self._hear()
        if now < self._until and now >= self._next_post:
            self._post()
            return True
        if now >= self._until and not self._sink:
            self.files = [file.stat() for file in (agent.folder / "queue").iterdir()]
            self._sink = self._stack.enter_context(shaky_sink(self.port))
        return bool(self._sink and not agent.spool and agent.leave())

    def _post(self):
        self._next_post += self._every
        self._probe = self._probe or socket.create_connection(("127.0.0.1", self.simulation.port))
        self._asked, body = uuid7(), body_of("probe", int(self._next_post), "x" * 2000)
        self.simulation.ledger.offer(self._asked, body)
        self._probe.sendall(request(self.simulation.port, body, Advisor_Batch_Id=self._asked))

    def _hear(self):
        if self._asked:
            answer = Message(1 << 16, is_answer=True)
            assert answer.feed(self._probe.recv(1 << 16))
            assert answer.status == 200
            self.simulation.ledger.take(self._asked)
            self._asked = ""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize(
    ("every", "collects"), [(60.0, OneSample), pytest.param(INTERVAL, None, marks=pytest.mark.long)]
)
def test_a_day_without_the_server_loses_and_doubles_nothing(monkeypatch, tmp_path, seed, capsys, every, collects):
    outage = Outage(monkeypatch, tmp_path, seed, every, collects=collects)
    stored = outage.last(24 * HOUR)
    ledger = outage.simulation.ledger
    assert ledger.findings(stored) == NOTHING
    assert len(ledger.taken) >= 24 * HOUR / INTERVAL + 24 * HOUR / every
    assert [batch_id for batch_id, _ in stored] == list(ledger.taken), "the oldest first"
    assert "were lost" not in capsys.readouterr().err
    check_waits([moment for moment in outage.simulation.attempts if moment < 24 * HOUR])


def check_waits(attempts):
    """All within the bounds of full jitter, and spread over them."""
    waits = [after - before for before, after in pairwise(attempts)]
    for failures, wait in enumerate(waits):
        assert LEAST_SECONDS <= wait <= min(FIRST_SECONDS * 2.0**failures, MOST_SECONDS) + 0.01
    longest = waits[9:]  # from here on the bound is 300 s
    # 24 h hold about 576 waits of 150 s on average, with a standard error of 3.6 s.
    assert len(longest) > 400
    assert 0.4 < sum(longest) / len(longest) / MOST_SECONDS < 0.6
    assert min(longest) < 0.1 * MOST_SECONDS < 0.9 * MOST_SECONDS < max(longest)


def test_over_the_cap_the_oldest_are_dropped_and_their_exact_number_is_told(monkeypatch, tmp_path, seed, capsys):
    cap = 200 * 4096
    outage = Outage(monkeypatch, tmp_path, seed, collects=OneSample, most_disk_bytes=cap)
    stored = outage.last(HOUR)
    ledger, dropped = outage.simulation.ledger, outage.simulation.spool.dropped
    taken = list(ledger.taken)
    assert [batch_id for batch_id, _ in stored] == taken[dropped:]
    assert dropped == len(taken) - 200
    told = re.findall(r"(\d+) batches were lost", capsys.readouterr().err)
    assert [int(count) for count in told] == [dropped]
    assert sum(file.st_blocks * 512 for file in outage.files) <= cap
