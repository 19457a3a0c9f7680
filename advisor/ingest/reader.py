"""Reads the bodies of requests that were let in, and sorts what they hold."""

from __future__ import annotations

import asyncio
import time
from typing import Final, NamedTuple

from django.conf import settings

from advisor.fleet.models import Token
from advisor.ingest.answers import Code, Refusal, invalid
from advisor.ingest.attributes import Scalar
from advisor.ingest.batch import Batch, content_of
from advisor.ingest.body import Body, Head
from advisor.ingest.clock import ClockBook
from advisor.ingest.courtesy import Courtesy
from advisor.ingest.deadline import Deadline, late
from advisor.ingest.pivot import Pivoted
from advisor.ingest.rate import RateLimit
from advisor.ingest.signals import AnySignal
from advisor.ingest.steps import Steps, finish

INLINE_BYTES: Final = 128 << 10
"""A larger body is decoded in a thread, so that small ones do not wait behind it."""

_DECODING: Final = 1
"""Large bodies that are decoded at once; others wait. Python runs one thread at a time, so more are no sooner done, and
each takes several times the memory of its body: of fifty bombs two took up to 33 MiB.
"""

_BREATH: Final = 0.0001
"""Seconds between two steps of a large body: a thread that does not sleep has its turn again before any other wakes."""


class Admitted(NamedTuple):
    """A request whose sender is known.

    Attributes:
        signal: what is sent.
        head: what its headers say.
        token: who sends.
        received: Unix seconds on the server's clock.
    """

    signal: AnySignal
    head: Head
    token: Token
    received: float

    def bring(self, pivoted: Pivoted, body: Body) -> Batch:
        """What it brings to the writer."""
        content = 0 if self.head.batch_id is None else content_of(*body)
        return Batch(pivoted, self.token, self.head.batch_id, self.received, content)


class Reader:
    """Reads small bodies where it is asked to, and large ones in a thread.

    Args:
        courtesy: who reads first.
        points_per_second: how many points and records one token may send; by default as many as the settings say.
    """

    def __init__(self, courtesy: Courtesy, points_per_second: float | None = None) -> None:
        self._courtesy = courtesy
        self._points = RateLimit(points_per_second or settings.MOST_POINTS_PER_SECOND)
        self._clocks = ClockBook()
        self._decoding = asyncio.Semaphore(_DECODING)

    def steps(self, admitted: Admitted, body: bytes) -> Steps[Pivoted]:
        """What a body holds, sorted, step by step.

        Raises:
            Refusal: as `Signal.read`, and 429 where there are more points than this token may send.
        """
        measured = dict[Scalar | None, float]()  # one request is one measurement, however many resources it holds
        signal, head, token, received = admitted

        def offset(host: Scalar | None) -> float:
            if host not in measured:
                measured[host] = self._clocks.offset(token.id, host, received, head.sent_at)
            return measured[host]

        def charge(points: int) -> None:
            check_rate(self._points.wait(token.id, points), signal.items, "Send this again when it is time.")

        try:
            return (yield from signal.read(body, head.content_type, received, offset, charge))
        except ValueError as error:
            raise invalid(f"A resource's attributes cannot be read: {error}") from None

    async def read(self, token: Token, body: bytes, steps: Steps[Pivoted], deadline: Deadline) -> Pivoted:
        """What a body holds, whatever that takes.

        Raises:
            Refusal: as `steps`, and 503 where there are too many before it.
        """
        if len(body) <= INLINE_BYTES:
            return await self._courtesy.read(token.id, steps, deadline)
        await deadline.keep(self._decoding.acquire(), lambda: late("Many large bodies come at once."))
        try:
            return await asyncio.to_thread(finish, steps, _let_others_go_first)
        finally:
            self._decoding.release()


def check_rate(wait: int, what: str, advice: str) -> None:
    """See that a token may send so much.

    Raises:
        Refusal: 429, it has to wait for so many seconds.
    """
    if wait:
        message = f"This token sends too many {what} a second. {advice}"
        raise Refusal(429, Code.RESOURCE_EXHAUSTED, message, ((b"retry-after", str(wait).encode()),))


def _let_others_go_first() -> None:
    time.sleep(_BREATH)
