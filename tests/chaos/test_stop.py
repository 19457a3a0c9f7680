"""SIGTERM to ingest: what is there is answered and stored, nothing new is taken, and it ends in time (P39)."""

from __future__ import annotations

import http.client
import os
import signal
import time
from pathlib import Path
from typing import Final

import pytest

from tests.chaos.load import Sender
from tests.chaos.outages import Outage, postgresql_hangs, postgresql_is_locked, sqlite_is_locked, valkey_hangs
from tests.chaos.topology import Product, children
from tests.chaos.trial import NOTHING, SENDERS, Trial, load_on, trial

pytestmark = pytest.mark.processes

ENDED: Final = 15.0
"""Seconds from SIGTERM to the end."""


class Kept:
    """A sender that keeps its connection."""

    def __init__(self, sender: Sender) -> None:
        self.sender = sender
        self._connection = http.client.HTTPConnection("127.0.0.1", sender.port, timeout=30)

    def send(self) -> None:
        """The next batch, without waiting for the answer."""
        self._connection.request("POST", "/v1/metrics", self.sender.body(self.sender.offered), self.sender.headers())
        self.sender.offered += 1

    def hear(self) -> int:
        """The status of the answer."""
        answer = self._connection.getresponse()
        answer.read()
        self.sender.acknowledged += answer.status == 200
        return answer.status


def has_taken_all(port: int) -> None:
    """What was sent before this has been read: the process reads in the order of arrival."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/v1/metrics")
    assert connection.getresponse().status == 405
    connection.close()


def await_refusal(port: int) -> None:
    """Return once nobody listens."""
    end = time.monotonic() + ENDED
    while time.monotonic() < end:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.connect()
        except ConnectionRefusedError:
            return
        finally:
            connection.close()
    raise TimeoutError("connections are still taken")


@pytest.mark.parametrize(("database", "lock"), [("sqlite", sqlite_is_locked), ("postgresql", postgresql_is_locked)])
def test_what_is_there_is_answered_and_nothing_new_is_taken(short_folder: Path, database: str, lock: Outage) -> None:
    product = Product(short_folder, database)
    try:
        kept = [Kept(sender) for sender in load_on(product).senders]
        ingest = product.start_ingest()
        product.listening.close()  # from now on it is that of the process alone
        for one in kept:
            one.send()
            assert one.hear() == 200
        with lock(product):
            for one in kept:
                one.send()
            has_taken_all(product.port)
            ingest.send_signal(signal.SIGTERM)
            await_refusal(product.port)
        assert {one.hear() for one in kept} <= {200, 503}  # 503: a machine so busy that the time was up
        assert ingest.wait(ENDED) == -signal.SIGTERM
        assert product.findings([one.sender for one in kept]) == NOTHING
    finally:
        product.stop()


@pytest.mark.parametrize(("database", "hang"), [("postgresql", postgresql_hangs), ("sqlite", valkey_hangs)])
def test_it_ends_in_time_whatever_hangs(short_folder: Path, database: str, hang: Outage) -> None:
    with trial(short_folder, database) as one:
        with hang(one.product):
            has_taken_all(one.product.port)
            one.ingest.send_signal(signal.SIGTERM)
            one.ingest.wait(ENDED)
        finish(one)


def workers(parent: int) -> set[int]:
    """Its processes that answer; there is one more, which looks after shared memory."""
    return {pid for pid in children(parent) if "spawn_main" in _command(pid)}


def _command(pid: int) -> str:
    """How it was started; nothing where it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_one_of_several_ends_and_is_replaced(short_folder: Path, database: str) -> None:
    """Two processes at one address, as docker-compose.yml starts them with ADVISOR_INGEST_PROCESSES=2."""
    with trial(short_folder, database, workers=2) as one:
        for _ in range(2):
            ended = min(before := workers(one.ingest.pid))
            os.kill(ended, signal.SIGTERM)
            while len(workers(one.ingest.pid) - {ended}) < len(before):
                one.load.wait(1)
            one.load.wait(SENDERS)
        one.ingest.send_signal(signal.SIGTERM)
        one.ingest.wait(ENDED)
        finish(one)


def finish(one: Trial) -> None:
    """Another process takes over; nothing was lost or stored twice."""
    one.ingest = one.product.start_ingest()
    one.load.wait(SENDERS)
    one.load.stop()
    assert one.product.findings(one.load.senders) == NOTHING
