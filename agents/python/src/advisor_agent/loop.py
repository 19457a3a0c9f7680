"""One thread: collect on time, send what waits, take what probes post, leave when asked."""

from __future__ import annotations

import selectors
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING

from advisor_agent.batch import Batch
from advisor_agent.collection import Collection, now
from advisor_agent.config import Config
from advisor_agent.descriptor_limit import room_for
from advisor_agent.errand_runner import Errands
from advisor_agent.events import Events
from advisor_agent.log import Log
from advisor_agent.otlp import encoded, export
from advisor_agent.receiver import MOST_VISITORS, Receiver
from advisor_agent.sender import Sender
from advisor_agent.spool import Spool
from advisor_agent.system import System
from advisor_agent.uuid7 import uuid7

if TYPE_CHECKING:
    from advisor_agent.scraper import Scraper

_LEAVE_SECONDS = 1.5
"""For the last batches after SIGTERM, so that the whole exit takes less than 2 s."""

_FAREWELLS = {signal.SIGTERM, signal.SIGINT, getattr(signal, "SIGBREAK", signal.SIGINT)}
"""The last one is Ctrl-Break, which Windows also sends to a process that runs without a window."""


def scraper_of(config: Config, selector: selectors.BaseSelector, log: Log) -> Scraper | None:
    """Who reads pages of metrics; None where there are none to read."""
    if not config.scrape:
        return None
    if sys.platform != "linux":
        log.say("Pages of metrics are read on Linux only: elsewhere nobody tells whose page it is.")
        return None
    from advisor_agent.scraper import Scraper  # half a MiB that those who have no pages do not pay

    return Scraper(config, selector, log)


class Loop:
    """The agent at work."""

    def __init__(self, config: Config, system: System, log: Log) -> None:
        self._config = config
        self._log = log
        self._selector = selectors.DefaultSelector()
        self._spool = Spool(config.state_dir, log)
        self._sender = Sender(config, self._spool, self._selector, log)
        visitors, held = room_for(MOST_VISITORS, system.most_held)
        self._receiver: Receiver | None = None
        if config.listen:
            self._receiver = Receiver(config.listen, self._spool, self._selector, log, visitors)
        self._errands = Errands(config, system.errands, self._selector, log)
        self._scraper = scraper_of(config, self._selector, log)
        askers = [asker for asker in (self._scraper, self._errands) if asker]
        self._collection = Collection(system, log, askers=askers)
        self._lives = system.following(Events(self._spool), self._selector, held)
        self._leave_by: float | None = None

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        self._catch_signals()
        next_tick = time.monotonic()
        while self._leave_by is None or self._may_still_send():
            if self._leave_by is None and time.monotonic() >= next_tick:
                self._tick()
                next_tick = _next(next_tick, self._config.interval, time.monotonic())
                if self._scraper:
                    self._scraper.plan(next_tick)
            if self._leave_by is not None:
                self._stop_listening()
            if self._receiver:
                self._receiver.work()
            self._errands.work()
            self._lives.work()
            if self._scraper:
                self._scraper.work()
            self._sender.work()
            self._wait(next_tick)
        self._close()

    def _tick(self) -> None:
        moment = now()
        try:
            body = encoded(export(self._collection.collect(moment), moment))
        except OSError as error:
            self._log.once("tick", f"Nothing can be collected: {error}. On Linux, see that /proc is mounted.")
            return
        self._spool.add(Batch(uuid7(), "application/json", "gzip", body))
        self._lives.follow()

    def _stop_listening(self) -> None:
        self._lives.close()
        if self._receiver:
            self._receiver.close()
            self._receiver = None

    def _wait(self, next_tick: float) -> None:
        """Until a socket is ready, or somebody has something to do."""
        workers = (self._sender, self._errands, self._lives)
        times = [self._leave_by or next_tick, *(worker.next_wake() for worker in workers)]
        if self._receiver:
            times.append(self._receiver.next_wake())
        if self._scraper:
            times.append(self._scraper.next_wake())
        soonest = min(moment for moment in times if moment is not None)
        for key, events in self._selector.select(max(soonest - time.monotonic(), 0.0)):
            key.data(events)

    def _may_still_send(self) -> bool:
        assert self._leave_by is not None
        return bool(self._spool) and time.monotonic() < self._leave_by and not self._sender.is_waiting

    def _catch_signals(self) -> None:
        """Signals come in as bytes on a socket, so that they wake the selector at once."""
        self._wake, self._signals = socket.socketpair()
        self._wake.setblocking(False)
        self._signals.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno())
        for number in _FAREWELLS:
            signal.signal(number, lambda *_: None)
        self._selector.register(self._signals, selectors.EVENT_READ, self._on_signal)

    def _on_signal(self, events: int) -> None:
        self._signals.recv(64)
        # The receiver closes before the next look: events of its sockets may stand behind this one.
        self._leave_by = time.monotonic() + _LEAVE_SECONDS

    def _close(self) -> None:
        self._errands.close()
        if self._scraper:
            self._scraper.close()
        self._sender.close()
        waiting, lost = len(self._spool), self._spool.only_in_memory
        if lost:
            self._log.say(f"{lost} batches could be neither sent nor stored, and are lost.")
        elif waiting:
            self._log.say(f"{waiting} batches wait on disk for the next start.")


def _next(planned: float, interval: float, now: float) -> float:
    """The next tick on the grid; ticks that a sleeping machine missed are not made up for."""
    missed = max((now - planned) // interval, 0)
    return planned + (missed + 1) * interval
