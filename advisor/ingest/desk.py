"""What every request meets, whichever way it is taken: what it must be to come in, and how it is answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from django.conf import settings

from advisor.fleet.models import Token
from advisor.ingest import limits
from advisor.ingest.answers import Answer, Code, Receipt, Refusal, acknowledge, refuse, unavailable
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.body import Head, answer_type, check_repeated, read_head
from advisor.ingest.courtesy import Courtesy
from advisor.ingest.credentials import Credentials
from advisor.ingest.deadline import Deadline, late
from advisor.ingest.pivot import Pivot
from advisor.ingest.rate import RateLimit
from advisor.ingest.reader import Admitted, Reader, check_rate
from advisor.ingest.refusals import Refusals
from advisor.ingest.request import Request
from advisor.ingest.room import Room
from advisor.ingest.signals import AnySignal, signals
from advisor.ingest.writer import Writer
from advisor.store import samples

_ABSENT: Final = {"/v1/traces": "Traces are not taken here. Set OTEL_TRACES_EXPORTER=none, or send them elsewhere."}
_NOTHING: Final = "There is nothing at this address. Metrics go to /v1/metrics, events to /v1/logs."

log = logging.getLogger(__name__)


class Desk:
    """One of a process.

    Args:
        writer: commits what comes in.
        credentials: knows the tokens.
        refusals: counts what is refused.
        now: the server's clock, Unix seconds.
        requests_per_second: how often one token may send; by default as often as the settings say.
        points_per_second: likewise, how many points and records.
        seconds: how long a request waits for the database, and for its turn to be read, in all.

    Attributes:
        courtesy: who is served.
        reader: reads bodies.
        room: of all bodies that are on their way, or wait.
    """

    def __init__(
        self,
        writer: Writer,
        credentials: Credentials,
        refusals: Refusals,
        now: Callable[[], float],
        requests_per_second: float | None = None,
        points_per_second: float | None = None,
        seconds: float = limits.ANSWER_SECONDS,
    ) -> None:
        self.writer = writer
        self.credentials = credentials
        self.refusals = refusals
        self.now = now
        self.seconds = seconds
        self.courtesy = Courtesy()
        self.reader = Reader(self.courtesy, points_per_second)
        self.room = Room(limits.BODIES_BYTES)
        self._requests = RateLimit(requests_per_second or settings.MOST_REQUESTS_PER_SECOND)
        self._signals = signals(Pivot())

    def look(self, request: Request) -> tuple[AnySignal, Head]:
        """What is sent, and what the headers say.

        Raises:
            Refusal: 404 and 405 for what is not taken here, and as `body.read_head`.
        """
        signal = self._signals.get(request.path)
        if signal is None:
            raise Refusal(404, Code.NOT_FOUND, _ABSENT.get(request.path, _NOTHING))
        if request.method != "POST":
            message = f"{request.method} is not answered here. Send with POST."
            raise Refusal(405, Code.UNIMPLEMENTED, message, ((b"allow", b"POST"),))
        if len(request.given) < len(request.headers):
            check_repeated(request.headers)
        return signal, read_head(request.given)

    def admit(self, request: Request, signal: AnySignal, head: Head, token: Token, received: float) -> Admitted:
        """Let in who is known.

        Raises:
            Refusal: 429, the token sends too often.
        """
        request.sender = token.id
        check_rate(self._requests.wait(token.id), "requests", "Send fewer and larger ones.")
        return Admitted(signal, head, token, received)

    async def store(self, batch: Batch, deadline: Deadline) -> Receipt:
        """Wait until the batch is committed.

        Raises:
            Refusal: as `Writer.submit`, and as `late` once the deadline is over.
        """
        return await deadline.keep(self.writer.submit(batch), self.late)

    def late(self) -> Refusal:
        """The refusal of who has waited long enough for a commit: with the reason that the database gave others."""
        return self.writer.trouble or late()

    def failure(self, request: Request, error: BaseException) -> Refusal:
        """What an error comes to; nothing of what it went through is held by it, such as a body."""
        if isinstance(error, Refusal):
            error.__context__ = None
            return error.with_traceback(None)
        log.error("A request to %s failed; its sender was told to come back", request.path, exc_info=error)
        return unavailable("The request failed here. It was logged.", 5)

    def answer(self, request: Request, outcome: Outcome) -> Answer:
        """What a request is told; refusals are counted."""
        content_type = answer_type(request.given)
        if isinstance(outcome, Refusal):
            self.refusals.count(samples.NOBODY if request.sender is None else request.sender, outcome)
            return refuse(outcome, content_type)
        return acknowledge(outcome, content_type, self._signals[request.path].respond)

    def stop(self) -> None:
        """Commit what waits and end the threads, as far as they end in time. No request may be open."""
        self.writer.stop()
        self.credentials.stop()
        self.refusals.stop()


def ending() -> Refusal:
    """What is told to those whose server ends; without an answer of ours it would be a 500."""
    return unavailable("The server ends. Send it again.")
