"""One ingest process that is asked many things, and what it answered and held meanwhile."""

from __future__ import annotations

import heapq
import json
from collections import Counter
from itertools import count
from typing import Any, Final

from tests.chaos.accounted import Accounted
from tests.chaos.asker import Answer, Asker, Request
from tests.chaos.topology import Product
from tests.chaos.witness import Witness

TOKENS: Final = 256
"""Each has a rate of its own; what one sends in some seconds stays below it."""

_KEPT: Final = 10


class Session:
    """All that is asked.

    Attributes:
        statuses: answers by their status.
        sent: points of requests that are accounted for.
        rejected: of these, those that the answers told to be rejected.
        left_out: all that any answer told to be rejected.
        slowest: seconds, number and request of the slowest answers.
    """

    def __init__(self, product: Product) -> None:
        self.folder = product.home / "tmp"
        self.folder.mkdir()
        product.environment["TMPDIR"] = str(self.folder)
        product.start()
        self.product = product
        self.tokens = product.run("-m", "tests.bench.ingest.database", "tokens", str(TOKENS)).split()
        self.witness = Witness(product.start_ingest().pid, self.folder)
        self.statuses: Counter[int] = Counter()
        self.sent = self.rejected = self.left_out = 0
        self.slowest: list[tuple[float, int, Request]] = []
        self._asker = Asker(product.port)
        self._numbers = count()
        self.ask(Request(b"{}"))  # from here on the process is up
        self.slowest.clear()

    def ask(self, request: Request) -> Answer:
        """Ask once, and take note of the answer."""
        number, answer = self._ask(request)
        self.statuses[answer.status] += 1
        if answer.status == 200:
            self.left_out += answer.rejected
            if isinstance(request, Accounted):
                self.sent += request.points
                self.rejected += answer.rejected
        keep = heapq.heappush if len(self.slowest) < _KEPT else heapq.heappushpop
        keep(self.slowest, (answer.seconds, number, request))
        return answer

    def asked_again(self, times: int) -> list[tuple[float, Request]]:
        """The slowest requests, each with the best of so many times alone: what else the machine did is not theirs."""
        slow = [request for _, _, request in self.slowest]
        best = [(min(self._ask(one)[1].seconds for _ in range(times)), one) for one in slow]
        return sorted(best, key=lambda one: one[0])

    def _ask(self, request: Request) -> tuple[int, Answer]:
        number = next(self._numbers)
        return number, self._asker.ask(request, self.tokens[number % TOKENS])

    def stored(self) -> dict[str, Any]:
        """What `tests.chaos.stored` finds in the database."""
        found: dict[str, Any] = json.loads(self.product.run("-m", "tests.chaos.stored"))
        return found
