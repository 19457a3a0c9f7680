"""One ingest process that is asked many things, and what it answered and held meanwhile."""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from itertools import count, islice
from queue import SimpleQueue
from typing import Any, Final

from tests.chaos.accounted import Accounted
from tests.chaos.asker import Answer, Asker, Request
from tests.chaos.topology import Product
from tests.chaos.witness import Witness

TOKENS: Final = 256
"""Each has a rate of its own; what one sends in some seconds stays below it."""

_AT_ONCE: Final = 16
"""Requests at a time: they share commits as those of a fleet do, so that nobody waits for the disk alone."""

_TRIES: Final = 20
"""How often an answer may be late before its request is to blame for it."""

_LOG: Final = 6_000
"""Characters of the product's log that a failure shows: the last traceback or two."""

_ID: Final = "advisor-batch-id"
_BUSY: Final = (b"does not answer", b"Many processes report for the first time")
"""What a 503 says where the machine is to blame. A failure says something else, and is none of the answers expected."""

_TOLD: Final = 2_000
"""Characters of a request that a failure shows; a body may have a million."""

_LARGE_BYTES: Final = 128 << 10
"""Of larger bodies one is asked at a time: together they would be refused for want of room."""


class Session:
    """All that is asked.

    Attributes:
        statuses: answers by their status.
        sent: points of requests that are accounted for.
        rejected: of these, those that the answers told to be rejected.
        left_out: all that any answer told to be rejected.
        replayed: requests that had been stored when they were sent again after a 503: no answer told what was left out.
        of_replayed: points of those that are accounted for.
        unexpected: answers with another status than `expected`, with their requests.
        slowest: seconds that the slowest answer took, whatever else the machine did.
        slow: requests of which an answer took longer than `most_seconds`.
    """

    expected: Final = {200, 400, 413}
    """Of those that are documented, what a good token with a known encoding may get where the database is there."""

    most_seconds: Final = 0.25
    """The longest that an answer may take (reliability goals, D2)."""

    def __init__(self, product: Product) -> None:
        self.folder = product.home / "tmp"
        self.folder.mkdir()
        product.environment["TMPDIR"] = str(self.folder)
        product.start()
        self.product = product
        self.tokens = product.run("-m", "tests.bench.ingest.database", "tokens", str(TOKENS)).split()
        self._ingest = product.start_ingest()
        self.witness = Witness(self._ingest.pid, self.folder)
        self.statuses: Counter[int] = Counter()
        self.sent = self.rejected = self.left_out = 0
        self.replayed = self.of_replayed = 0
        self.unexpected: list[tuple[Answer, Request]] = []
        self.slow: list[Request] = []
        self.slowest = 0.0
        self._askers = SimpleQueue[Asker]()
        for _ in range(_AT_ONCE):
            self._askers.put(Asker(product.port))
        self._pool = ThreadPoolExecutor(_AT_ONCE)
        self._turn = threading.Lock()
        self._numbers = count()
        self._refused: list[int] = []
        self.ask([Request(b"{}")])  # from here on the process is up
        self.slow.clear()

    def ask(self, requests: Sequence[Request]) -> None:
        """Ask each once, some of them at the same time, and take note of the answers."""
        requests = [_identified(request) for request in requests]
        for request, answer in zip(requests, self._pool.map(self._ask, requests), strict=True):
            self._note(request, self._asked_again(request) if _is_busy(answer) else answer)

    def _asked_again(self, request: Request) -> Answer:
        """As any sender does where the disk or the machine hangs."""
        return next((one for one in map(self._ask, [request] * _TRIES) if not _is_busy(one)), Answer(503))

    def _note(self, request: Request, answer: Answer) -> None:
        self.statuses[answer.status] += 1
        self.slowest = max(self.slowest, answer.seconds)
        if answer.status not in self.expected:
            self.unexpected.append((answer, request))
        if answer.seconds > self.most_seconds:
            self.slow.append(request)
        points = request.points if isinstance(request, Accounted) else 0
        if answer.headers.get("advisor-replayed"):
            self.replayed += 1
            self.of_replayed += points
        elif answer.status == 200:
            self.left_out += answer.rejected
            if isinstance(request, Accounted):
                self.sent += points
                self.rejected += answer.rejected

    def complaints(self) -> dict[str, Any]:
        """What is not as promised; empty where all is. The process ends with it, as it does when it is asked to."""
        files, found = self.witness.files, self.stored()
        slow = self._still_slow()  # asks again, so that what is stored is looked at before
        self._ingest.terminate()
        self._ingest.wait()
        told = {
            "slow": slow,
            "unexpected": [f"{answer} to {request}"[:_TOLD] for answer, request in self.unexpected[:3]],
            "log of the unexpected": self.unexpected
            and (self.product.home / "log").read_text("utf-8", "replace")[-_LOG:],
            "never seen": sorted({200, 400} - set(self.statuses)),
            "odd rows": found["odd"],
            "kept and rejected are not what was sent": self._beyond_replays(self.rejected + found["kept"] - self.sent),
            "the account and the answers differ": self.left_out != found["left_out"] and not self.replayed,
            "refused requests are not all counted": _differing(Counter(self._refused), self.stored()["refused"]),
            "files": files,
        }
        return {what: said for what, said in told.items() if said}

    def _beyond_replays(self, more: int) -> int:
        """How many points more than those of whose rejection no answer told, since the one that did came too late."""
        return more if more < 0 else max(0, more - self.of_replayed)

    def _still_slow(self) -> list[str]:
        """The first request of which each of some answers alone took too long: what else the machine did is not its."""
        found = (one for one in self.slow if all(self._is_slow(one) for _ in range(_TRIES)))
        return [repr(one)[:_TOLD] for one in islice(found, 1)]

    def _is_slow(self, request: Request) -> bool:
        return self._ask(_identified(request)).seconds > self.most_seconds

    def _ask(self, request: Request) -> Answer:
        asker, token = self._askers.get(), self.tokens[next(self._numbers) % TOKENS]
        try:
            with self._turn if len(request.body) > _LARGE_BYTES else nullcontext():
                answer = asker.ask(request, token)
        finally:
            self._askers.put(asker)
        if answer.status != 200:
            self._refused.append(answer.status)
        return answer

    def stored(self) -> dict[str, Any]:
        """What `tests.chaos.stored` finds in the database."""
        found: dict[str, Any] = json.loads(self.product.run("-m", "tests.chaos.stored"))
        return found


def _is_busy(answer: Answer) -> bool:
    return answer.status == 503 and any(said in answer.body for said in _BUSY)


def _identified(request: Request) -> Request:
    """With an id of its own, so that it is stored once, however often it has to be sent."""
    others = tuple(pair for pair in request.headers if pair[0] != _ID)
    return replace(request, headers=(*others, (_ID, str(uuid.uuid4()))))


def _differing(answered: Mapping[int, int], counted: Mapping[str, int]) -> dict[int, tuple[int, int]]:
    """Status -> how many answers had it and how many are counted, where these are not the same."""
    both = {status: (count, counted.get(str(status), 0)) for status, count in answered.items()}
    return {status: pair for status, pair in both.items() if pair[0] != pair[1]}
