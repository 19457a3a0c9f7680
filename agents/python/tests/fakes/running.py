"""Drive a sender or a receiver in its selector until something has happened."""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable

TIMEOUT = 30.0
_STEP = 0.5


def until(condition: Callable[[], bool], selector: selectors.BaseSelector, *workers: object) -> None:
    """Let the workers work and serve their sockets, until the condition holds."""
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        for worker in workers:
            worker.work()
        wakes = [wake for wake in (worker.next_wake() for worker in workers) if wake is not None]
        wait = min([_STEP, *(max(wake - time.monotonic(), 0.0) for wake in wakes)])
        for key, events in selector.select(wait):
            key.data(events)
