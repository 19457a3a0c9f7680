"""What happened to processes, queued for the server soon after, many in one batch."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Callable, Mapping

from advisor_agent.batch import Batch
from advisor_agent.otlp import encoded, event_record, events_export
from advisor_agent.resource import Resource, Value
from advisor_agent.signals import LOGS
from advisor_agent.spool import Spool
from advisor_agent.uuid7 import uuid7

STARTED, EXITED = "advisor.process.started", "advisor.process.exited"
"""Names of events, as `advisor/vocabulary/events.py` has them."""

_PAUSE_SECONDS = 1.0
"""Between two batches: each is a file that is written through to the disk."""

_MOST_WAITING = 500
"""Records of one batch: with a resource each it stays under 1 MiB before compression."""


def end_of(status: int | None) -> dict[str, Value]:
    """Attributes of an end by its wait status; none where nobody knows it."""
    if status is None:
        return {}
    if os.WIFSIGNALED(status):
        return {"advisor.cause": "signal", "advisor.process.exit.signal": _signal_name(os.WTERMSIG(status))}
    return {"advisor.cause": "exit", "process.exit.code": os.WEXITSTATUS(status)}


def _signal_name(number: int) -> str:
    """SIGKILL for 9; a real-time signal has no name of its own."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


class Events:
    """Collects events; the first one leaves at once, those that follow within a second leave together."""

    def __init__(self, spool: Spool, clock: Callable[[], float] = time.monotonic) -> None:
        self._spool = spool
        self._clock = clock
        self._waiting: list[str] = []
        self._due = -math.inf

    def add(self, resource: Resource, name: str, unix_ns: int, attributes: Mapping[str, Value]) -> None:
        """Something that happened to the process which the resource names."""
        self._waiting.append(event_record(resource, name, unix_ns, attributes))
        if len(self._waiting) >= _MOST_WAITING:
            self.flush()

    def next_wake(self) -> float | None:
        """When `work` has something to do, in the time of `time.monotonic`."""
        return self._due if self._waiting else None

    def work(self) -> None:
        """Queue what waits, if its time has come."""
        if self._waiting and self._clock() >= self._due:
            self.flush()

    def flush(self) -> None:
        """Queue what waits."""
        if not self._waiting:
            return
        body = encoded(events_export(self._waiting))
        self._waiting = []
        self._due = self._clock() + _PAUSE_SECONDS
        self._spool.add(Batch(uuid7(), "application/json", "gzip", body, LOGS))
