"""Senders whose every figure is known beforehand, and who send each batch until it is acknowledged."""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

from tests.ingest.exports import counter, exponential, exponential_point, export, gauge, number, resource

STEP: Final = 15.0
"""Seconds of sample time between two batches of a sender: a few make a minute, so there are many to be rolled up."""

_TIMEOUT: Final = 4.0


@dataclass(frozen=True)
class Figures:
    """What one batch of a sender says."""

    threads: float
    cpu_user: float
    faults: float
    requests: int


def figures(sender: int, batch: int) -> Figures:
    """Figures that no other batch has, small enough to be exact in 4 bytes."""
    digest = hashlib.sha256(f"{sender} {batch}".encode()).digest()
    return Figures(float(int.from_bytes(digest[:3], "big")), digest[3] / 256, float(digest[4] % 16), digest[5] % 5 + 1)


@dataclass(frozen=True)
class Answer:
    """What a sender was told; status 0 where the connection broke.

    Attributes:
        seconds: from sending the first byte until the answer was there.
        retry_after: the header; empty where there is none.
    """

    status: int
    seconds: float
    text: str
    retry_after: str = ""


@dataclass
class Sender:
    """One process of one service. Those with an even number name their batches.

    Attributes:
        number: tells it from others.
        base: Unix seconds of its first batch.
        offered: batches that were sent at least once: 0 to below this.
        acknowledged: likewise, of those that were answered with 200.
    """

    number: int
    base: float
    port: int
    token: str
    offered: int = 0
    acknowledged: int = 0
    trouble: list[str] = field(default_factory=list)

    def at(self, batch: int) -> float:
        """When a batch was measured."""
        return self.base + batch * STEP

    def body(self, batch: int) -> bytes:
        """A level, an increase, a running total and a distribution."""
        said, at = figures(self.number, batch), self.at(batch)
        total = sum(figures(self.number, one).faults for one in range(batch + 1))
        requests = exponential_point([said.requests], -20, 0.25 * said.requests, at=at, span=STEP)
        return json.dumps(
            export(
                resource(
                    {"service.name": f"s{self.number}", "service.instance.id": f"i{self.number}"},
                    gauge("process.thread.count", number(said.threads, at=at)),
                    counter("process.cpu.time", number(said.cpu_user, at=at, span=STEP, attrs={"cpu.mode": "user"})),
                    counter(
                        "process.paging.faults",
                        number(total, at=at, span=3600, attrs={"system.paging.fault.type": "minor"}),
                        temporality=2,
                    ),
                    exponential("http.server.request.duration", requests),
                )
            )
        ).encode()

    def headers(self) -> dict[str, str]:
        """Of one batch: kept over its retries."""
        given = {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        return {**given, "advisor-batch-id": str(uuid.uuid4())} if self.number % 2 == 0 else given


class Load:
    """All senders at work, each in a thread of its own, until `stop`."""

    def __init__(self, senders: list[Sender]) -> None:
        self.senders = senders
        self._news = threading.Condition()
        self._stopped = False
        self.failures: list[str] = []
        self.answers: list[Answer] = []
        self._threads = [threading.Thread(target=self._work, args=(sender,), daemon=True) for sender in senders]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each sender bring what it offered, and end."""
        self._stopped = True
        for thread in self._threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self._threads), self._troubles()
        assert not self.failures, self.failures

    @property
    def acknowledged(self) -> int:
        """Batches of all senders that were answered with 200."""
        return sum(sender.acknowledged for sender in self.senders)

    @property
    def refused(self) -> list[Answer]:
        """Answers that something is away."""
        return [answer for answer in self.answers if answer.status == 503]

    def wait_refused(self, count: int) -> None:
        """Return once so many batches were refused because something is away."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.refused) >= count or bool(self.failures), 60.0), self.answers
            assert not self.failures, self.failures

    def wait(self, more: int, seconds: float = 60.0) -> None:
        """Return once so many more batches were acknowledged.

        Raises:
            TimeoutError: the server takes nothing any more.
        """
        wanted = self.acknowledged + more
        with self._news:
            arrived = self._news.wait_for(lambda: self.acknowledged >= wanted or bool(self.failures), seconds)
            assert not self.failures, self.failures
            if not arrived:
                raise TimeoutError(f"{self.acknowledged} of {wanted} batches acknowledged: {self._troubles()}")

    def _troubles(self) -> list[str]:
        return [sender.trouble[-1] for sender in self.senders if sender.trouble]

    def _work(self, sender: Sender) -> None:
        while not self._stopped:
            body, headers = sender.body(sender.offered), sender.headers()
            sender.offered += 1
            try:
                while not self._told(_delivered(sender, body, headers)):
                    time.sleep(0.05)  # as an agent waits before it tries again
            except AssertionError as error:
                self.failures.append(str(error))
                self._stopped = True
            with self._news:
                sender.acknowledged += not self.failures
                self._news.notify_all()

    def _told(self, answer: Answer) -> bool:
        with self._news:
            self.answers.append(answer)
            self._news.notify_all()
        return answer.status == 200


def _delivered(sender: Sender, body: bytes, headers: dict[str, Any]) -> Answer:
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", sender.port, timeout=_TIMEOUT)
    try:
        connection.request("POST", "/v1/metrics", body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        sender.trouble.append(repr(error))
        return Answer(0, time.monotonic() - began, repr(error))
    finally:
        connection.close()
    if answer.status not in (200, 429, 503):
        raise AssertionError(f"{answer.status} {text}")
    if answer.status != 200:
        sender.trouble.append(f"{answer.status} {text}")
    return Answer(answer.status, time.monotonic() - began, text, answer.headers.get("retry-after", ""))
