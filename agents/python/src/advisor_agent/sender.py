"""Sends the oldest waiting batch, one at a time, and waits after failures."""

from __future__ import annotations

import selectors
import time

from advisor_agent import VERSION
from advisor_agent.backoff import MOST_SECONDS, Backoff
from advisor_agent.batch import Batch
from advisor_agent.config import Config
from advisor_agent.connection import Connection, ConnectionLost
from advisor_agent.failpoint import failpoint
from advisor_agent.http import Message, ProtocolError
from advisor_agent.log import Log
from advisor_agent.spool import Spool
from advisor_agent.verdict import DROPPED, TAKEN, dropping, explained, left_out, meaning, retry_after

_ANSWER_SECONDS = 30.0
_LOCAL_WAIT_SECONDS = 5.0
"""A refused loopback connection is a server that restarts, not one that is overloaded."""
_SPREAD_SECONDS = 1.0
"""Added, up to this, to a Retry-After, so that a fleet that was told the same comes back spread out."""


class Sender:
    """Registers its socket with the loop's selector. Times are those of `time.monotonic`."""

    def __init__(self, config: Config, spool: Spool, selector: selectors.BaseSelector, log: Log) -> None:
        self._config = config
        self._spool = spool
        self._selector = selector
        self._log = log
        self._connection = Connection(config.server)
        self._backoff = Backoff()
        self._registered: tuple[object, int] = (None, 0)
        self._current: tuple[str, Batch] | None = None
        self._wait_until = 0.0
        self._answer_by = 0.0
        self._trouble = ""
        self._told = 0
        self.refused_batches = 0
        """Batches dropped because the server will never take them."""

    @property
    def is_waiting(self) -> bool:
        """True between a failure and the next try."""
        return self._current is None and time.monotonic() < self._wait_until

    def next_wake(self) -> float | None:
        """When `work` has something to do even if no socket is ready; None for not before a new batch."""
        if self._current:
            return self._answer_by
        return self._wait_until if self._spool else None

    def work(self) -> None:
        """Start the next request if it is time, and give up one that takes too long."""
        if self._current and time.monotonic() >= self._answer_by:
            self._connection.close()
            self._failed(f"no answer within {_ANSWER_SECONDS:.0f} s")
            self._watch()  # let the selector forget the socket: its number may be given to a visitor
        if self._current is None and self._spool and time.monotonic() >= self._wait_until:
            self._current = self._spool.first()
            if self._current:
                self._exchange()
            elif self._spool:
                self._wait_until = time.monotonic() + self._backoff.next(_LOCAL_WAIT_SECONDS)

    def on_ready(self, events: int) -> None:
        """The socket can be read or written."""
        try:
            answer = self._connection.advance()
        except ConnectionLost as error:
            if error.was_idle:  # the server closed a kept connection: that is no failure
                self._exchange()
            else:
                self._failed(str(error), error.refused)
        except ProtocolError as error:
            self._connection.close()
            self._failed(str(error))
        else:
            if answer:
                self._answered(answer)
        self._watch()

    def close(self) -> None:
        """Leave; the batch under way stays queued."""
        self._tell_losses()
        self._connection.close()
        self._watch()

    def _exchange(self) -> None:
        assert self._current
        self._answer_by = time.monotonic() + _ANSWER_SECONDS
        try:
            self._connection.start(request(self._config, self._current[1], time.time()))
        except ConnectionLost as error:
            self._failed(str(error), error.refused)
        self._watch()

    def _answered(self, answer: Message) -> None:
        assert self._current
        name, batch = self._current
        outcome = meaning(answer.status, batch.signal)
        if outcome in (TAKEN, DROPPED):
            failpoint("agent.after_ack_before_spool_delete")
            self._current = None
            if not self._spool.remove(name):
                self._spool.dropped -= 1  # dropped for want of room while it was under way, and not lost at all
            self._backoff.reset()
            self._wait_until = 0.0
            self._tell_end(outcome, answer, batch.signal)
            return
        asked = retry_after(answer.headers.get("retry-after", ""), time.time())
        self._failed(explained(answer.status, answer.body), asked=asked)

    def _tell_end(self, outcome: str, answer: Message, signal: str) -> None:
        if outcome == DROPPED:
            self.refused_batches += 1
            text = dropping(answer.status, answer.body, signal)
            self._log.once(text, f"{self._config.server} {text}")
            return
        if self._trouble:
            self._trouble = ""
            self._log.say(f"{self._config.server} takes data again.")
            self._tell_losses()
        rejected, reason = left_out(answer.body)
        if rejected:
            matter = "".join(character for character in reason if not character.isdigit())  # counts differ each time
            self._log.once(f"rejected {matter}", f"{self._config.server} left out {rejected}: {reason}")
        if not self._spool:
            self._log.settle("dropped")
            self._tell_losses()

    def _tell_losses(self) -> None:
        count, self._told = self._spool.dropped - self._told, self._spool.dropped
        if count > 0:
            self._log.say(f"{count} batches were lost while they waited: the queue was full, or their files damaged.")

    def _failed(self, reason: str, refused: bool = False, asked: float = 0.0) -> None:
        self._current = None
        local = refused and self._config.server.address.is_loopback
        most = _SPREAD_SECONDS if asked else _LOCAL_WAIT_SECONDS if local else MOST_SECONDS
        self._wait_until = time.monotonic() + asked + self._backoff.next(most)
        if reason != self._trouble:
            self._trouble = reason
            self._log.say(f"{self._config.server} does not take data ({reason}).")

    def _watch(self) -> None:
        """Tell the selector what the connection waits for now."""
        socket, events = self._connection.socket, self._connection.events
        if not self._current:
            events = 0
        wanted = (socket, events) if socket and events else (None, 0)
        if wanted == self._registered:
            return
        if self._registered[0] is not None:
            self._selector.unregister(self._registered[0])  # type: ignore[arg-type]
        if socket and events:
            self._selector.register(socket, events, self.on_ready)
        self._registered = wanted


def request(config: Config, batch: Batch, unix_time: float) -> bytes:
    """The whole HTTP request of one batch. The sending time lets the server see how far our clock is off."""
    lines = [
        f"POST {config.server.path(batch.signal)} HTTP/1.1",
        f"Host: {config.server.address}",
        f"User-Agent: advisor-agent/{VERSION}",
        f"Authorization: Bearer {config.token}",
        f"Content-Type: {batch.content_type}",
        f"Content-Length: {len(batch.body)}",
        f"Advisor-Batch-Id: {batch.id}",
        f"Advisor-Sent-At: {unix_time:.3f}",
    ]
    if batch.encoding:
        lines.append(f"Content-Encoding: {batch.encoding}")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + batch.body
