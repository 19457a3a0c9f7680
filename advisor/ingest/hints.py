"""Passes on what has new samples, at most once a second, from a thread of its own.

The writer must not wait for the broker, and a hint that is lost costs a page some seconds only.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable
from typing import Final

_SECONDS: Final = 1.0

Publish = Callable[[Collection[int], Collection[int]], object]

log = logging.getLogger(__name__)


class Hints:
    """Gathers ids of services and hosts and publishes them together.

    Attributes:
        lost: how many times publishing failed.
    """

    def __init__(self, publish: Publish, seconds: float = _SECONDS) -> None:
        self.lost = 0
        self._publish = publish
        self._seconds = seconds
        self._lock = threading.Lock()
        self._services: set[int] = set()
        self._hosts: set[int] = set()
        self._news = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def stop(self) -> None:
        """Publish what is left and end the thread."""
        self._stopped.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join()

    def add(self, services: Iterable[int], hosts: Iterable[int]) -> None:
        """Note that these have new samples."""
        with self._lock:
            self._services.update(services)
            self._hosts.update(hosts)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ingest-hints", daemon=True)
                self._thread.start()
        self._news.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._news.wait()
            self._news.clear()
            self._flush()
            self._stopped.wait(self._seconds)
        self._flush()

    def _flush(self) -> None:
        with self._lock:
            services, self._services = self._services, set()
            hosts, self._hosts = self._hosts, set()
        if not services and not hosts:
            return
        try:
            self._publish(services, hosts)
        except Exception as error:  # whatever the broker's client raises: a hint is never worth a request
            self.lost += 1
            log.warning("A hint to open pages was lost: %s", error)
