"""The agent's own loop in simulated time: nobody waits, and a day passes in seconds. Files and sockets are real."""

from __future__ import annotations

import os
import random
import selectors
import signal
import time
from types import SimpleNamespace

from advisor_agent import backoff, collection, loop, receiver, sender, uuid7, visitor
from advisor_agent.config import Config
from advisor_agent.connection import Connection
from advisor_agent.deltas import Point
from advisor_agent.kernel import Kernel
from advisor_agent.log import Log
from advisor_agent.metric import GAUGE, Metric
from advisor_agent.otlp import Report
from advisor_agent.resource import Resource
from advisor_agent.spool import Spool
from advisor_agent.system import linux
from fakes.ledger import Ledger

_LOOK = 1e-6
"""By how much time moves when somebody looks at it, so that no two moments are one."""
_PATIENCE = 10.0
"""Real seconds for the answer to a request that is under way."""
_LOAD = Metric("system.cpu.load_average.1m", "{thread}", GAUGE, "Runnable threads.")


class Clock:
    """Stands in for the module `time`."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._epoch = time.time()

    def monotonic(self) -> float:
        self.seconds += _LOOK
        return self.seconds

    perf_counter = monotonic

    def time(self) -> float:
        return self._epoch + self.monotonic()

    def time_ns(self) -> int:
        return int(self.time() * 1e9)


class _Selector(selectors.DefaultSelector):
    """Instead of waiting it moves the clock, unless a request is under way."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.before_waiting = lambda: False
        """Told before time passes; True if there may be something to do now."""

    def select(self, timeout=None):
        under_way = any(getattr(key.data, "__name__", "") == "on_ready" for key in self.get_map().values())
        ready = super().select(_PATIENCE if under_way else 0)
        if not ready and not under_way and not self.before_waiting():
            self.clock.seconds += timeout
        return ready


def _ignored(*arguments: object) -> None:
    """The test's own process keeps its signals."""


class OneSample:
    """A collection that costs next to nothing: the tick itself is what is tried out."""

    def collect(self, moment):
        return [Report(Resource({"host.name": "simulated"}), [Point(_LOAD, 0.5, (), 0)])]


class Simulation:
    """An agent that takes its first look at second 0. `attempts` are the moments at which it tried to send."""

    def __init__(self, monkeypatch, url: str, folder, seed: int, collects=OneSample, **spool: int) -> None:
        self.clock = Clock()
        self.ledger = Ledger()
        self.attempts: list[float] = []
        self.folder = folder
        self._selector = _Selector(self.clock)
        for module in (loop, receiver, sender, visitor, collection, uuid7):
            monkeypatch.setattr(module, "time", self.clock)
        monkeypatch.setattr(os, "fsync", _ignored)  # nobody waits for the disk either
        chance = random.Random(seed)
        monkeypatch.setattr(backoff, "os", SimpleNamespace(urandom=chance.randbytes))
        waiting = SimpleNamespace(EVENT_READ=selectors.EVENT_READ, DefaultSelector=lambda: self._selector)
        monkeypatch.setattr(loop, "selectors", waiting)
        signals = SimpleNamespace(SIGTERM=signal.SIGTERM, SIGINT=signal.SIGINT, set_wakeup_fd=_ignored, signal=_ignored)
        monkeypatch.setattr(loop, "signal", signals)
        monkeypatch.setattr(loop, "Spool", lambda directory, log: Spool(directory, log, **spool))
        monkeypatch.setattr(Connection, "start", self._noting(Connection.start))
        settings = {"ADVISOR_SERVER": url, "ADVISOR_TOKEN": "sah_test", "ADVISOR_LISTEN": "127.0.0.1:0"}
        host = linux(Kernel())
        host.errands = []  # children live in real time
        self.loop = loop.Loop(Config({**settings, "ADVISOR_STATE_DIR": str(folder)}), host, Log())
        self.spool = self.loop._spool
        if collects:
            self.loop._collection = collects()
        self._witness()

    @property
    def port(self) -> int:
        return self.loop._receiver.port

    def run(self, before_waiting) -> None:
        """Until `leave`; `before_waiting` is called whenever nothing is left to do at this moment."""
        self._selector.before_waiting = before_waiting
        self.loop.run()

    def leave(self) -> bool:
        """As SIGTERM does."""
        self.loop._wake.send(b"\0")
        return True

    def _noting(self, start):
        def _start(connection, request):
            self.attempts.append(self.clock.seconds)
            start(connection, request)

        return _start

    def _witness(self) -> None:
        add = self.spool.add

        def _add(batch):
            self.ledger.offer(batch.id, batch.body)
            add(batch)
            self.ledger.take(batch.id)

        self.spool.add = _add
