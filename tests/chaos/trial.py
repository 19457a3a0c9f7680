"""One ingest process under load that lives through an outage, and what was promised of its answers."""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Final

from tests.chaos.load import Answer, Load, Sender
from tests.chaos.topology import Product

ANSWERED: Final = 2.0
"""Seconds within which a sender is told to come back (P35)."""

RECOVERED: Final = 5.0
"""Seconds after the database's return within which it is served (P35)."""

SENDERS: Final = 4

FEW: Final = 3
"""Refusals of each sender that an outage lasts at least."""

NOTHING: Final[dict[str, list[object]]] = {"lost": [], "phantom": [], "doubled": [], "rollups": []}


def load_on(product: Product) -> Load:
    """Senders for a product that is started with this."""
    token, base = product.start(), float(int(time.time()) - 160_000)
    return Load([Sender(number, base, product.port, token) for number in range(SENDERS)])


class Control:
    """Asks for what needs no database, again and again: how late a busy machine makes any answer.

    Attributes:
        slowest: seconds of the longest wait.
    """

    def __init__(self, port: int) -> None:
        self.slowest = 0.0
        self._port = port
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._stopped.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stopped.wait(0.02):
            began = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
            with suppress(OSError, http.client.HTTPException):  # a process that ends
                connection.request("GET", "/v1/metrics")
                connection.getresponse().read()
            connection.close()
            self.slowest = max(self.slowest, time.monotonic() - began)


class Trial:
    """A product whose senders are known to its ingest process, or to so many workers of it."""

    def __init__(self, product: Product, workers: int = 1) -> None:
        self.product = product
        self.load = load_on(product)
        self.ingest = product.start_ingest(workers=workers)
        self.load.start()
        self.load.wait(5 * SENDERS)
        self.load.answers.clear()  # what was slow in them was the start
        self.control = Control(product.port)
        self.threads = self.threads_now()

    def threads_now(self) -> int:
        """How many the ingest process has."""
        return len(list(Path(f"/proc/{self.ingest.pid}/task").iterdir()))

    def live_through(self, outage: AbstractContextManager[None], told: str, recovered: float = RECOVERED) -> None:
        """An outage, until each sender was refused a few times; then everybody is served again by the same process."""
        self._begin()
        with outage:
            self.load.wait_refused(FEW * SENDERS)
            assert self.threads_now() <= self.threads + 1  # one comes and goes: it tells open pages
        self.load.wait(SENDERS, recovered + self.control.slowest)
        self.check_refusals(told)

    def live_without(self, outage: AbstractContextManager[None]) -> None:
        """An outage that senders do not notice."""
        self._begin()
        with outage:
            self.load.wait(10 * SENDERS)
        assert {answer.status for answer in self.load.answers} <= {200, 429}  # they send more than a token may
        self.check_times()

    def finish(self) -> None:
        """It is the process of the beginning; nothing was lost, doubled or made up."""
        self.load.stop()
        assert self.ingest.poll() is None
        assert self.product.findings(self.load.senders) == NOTHING

    def check_refusals(self, told: str) -> None:
        """Each was a 503 in time, with the time to come back; and senders learned the reason."""
        refused = self.load.refused
        assert {answer.status for answer in self.load.answers} <= {200, 429, 503}  # they send more than a token may
        assert all(int(answer.retry_after) > 0 for answer in refused)
        assert any(told in answer.text for answer in refused), _reasons(refused)
        self.check_times()

    def _begin(self) -> None:
        self.load.answers.clear()
        self.control.slowest = 0.0

    def check_times(self) -> None:
        """Nobody waited longer than promised, but for what the machine takes for anything now."""
        slowest = max(answer.seconds for answer in self.load.answers)
        print(f"slowest answer {slowest:.2f} s, without database {self.control.slowest:.2f} s", file=sys.stderr)
        assert slowest < ANSWERED + self.control.slowest


def _reasons(answers: list[Answer]) -> set[str]:
    return {json.loads(answer.text)["message"] for answer in answers}


@contextmanager
def trial(folder: Path, database: str, rows_at: Path | None = None, workers: int = 1) -> Iterator[Trial]:
    """A trial, and the end of all that it started; `rows_at` as in `Product`."""
    product = Product(folder, database)
    product.rows_at = rows_at
    try:
        one = Trial(product, workers)
        yield one
        one.control.stop()
    finally:
        product.stop()
