"""Which token knocks: asked of the registry at most every ten seconds per token."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Final

from django.db import Error as DatabaseError
from django.db import connection

from advisor.fleet import tokens
from advisor.fleet.memory import Memory
from advisor.fleet.models import Token
from advisor.ingest.answers import Code, Refusal, away, unavailable
from advisor.store import outage, timeouts

_SECONDS: Final = 10.0
_KEPT_SECONDS: Final = 60.0
"""How old the connection for lookups becomes: six rounds of all tokens. Nobody need restart ingest for a database that
has moved."""

_CLOSE_SECONDS: Final = 1.0
"""How long the end waits for a lookup: closing takes a millisecond, and the writer has had `limits.STOP_SECONDS`."""

_REMEMBERED: Final = 10_000
_WRONG: Final = 2_000
_WAITING: Final = 100
_CHALLENGE: Final = ((b"www-authenticate", b'Bearer realm="advisor"'),)

log = logging.getLogger(__name__)


class Credentials:
    """Remembers what each token turned out to be, the wrong ones too, and apart from the good ones.

    Requests that come with one token while it is being looked up wait for the same answer. Lookups share one thread
    and one connection: a flood of invented tokens then costs one query at a time, and never the threads that decode.
    What no token looks like is not looked up, and tokens that were good before need no place among the strangers.
    """

    def __init__(
        self,
        authenticate: Callable[[str], Token | None] = tokens.authenticate,
        clock: Callable[[], float] = time.monotonic,
        is_formed: Callable[[str], bool] = tokens.is_formed,
    ) -> None:
        self._authenticate = authenticate
        self._is_formed = is_formed
        self._clock = clock
        self._good = Memory[bytes, tuple[float, Token]](_REMEMBERED)
        self._recent = Memory[bytes, tuple[float, Token]](_REMEMBERED)  # by the whole header, which need not be read
        self._wrong = Memory[bytes, float](_WRONG)
        self._strangers = 0
        self._thread = ThreadPoolExecutor(1, "ingest-credentials", partial(timeouts.shorten, _KEPT_SECONDS))
        self._asking: dict[bytes, asyncio.Future[Token | None]] = {}

    def recall(self, authorization: bytes) -> Token | None:
        """The token of an `Authorization` header that was good lately, and may report; else ask `check`."""
        asked_at, token = self._recent.find(_digest(authorization)) or (-math.inf, None)
        return token if asked_at > self._clock() - _SECONDS else None

    async def check(self, authorization: bytes) -> Token:
        """The token of an `Authorization` header.

        Raises:
            Refusal: 401 without a valid token, 403 for one that may not report, 503 while the
                database is away.
        """
        raw = _raw(authorization)
        if raw is None:
            raise _unauthorised("Send the header 'Authorization: Bearer <token>' with a token of this server.")
        token = await self._look_up(raw)
        if token is None:
            raise _unauthorised("This token is not known here, was revoked or has expired. Make a new one.")
        if not _may_report(token):
            raise Refusal(403, Code.PERMISSION_DENIED, "An enrolment key cannot report. Use a host or API token.")
        if known := self._good.find(_digest(raw.encode())):
            self._recent[_digest(authorization)] = known
        return token

    def stop(self) -> None:
        """Close the connection and end the thread; one whose database hangs is left to the end of the process."""
        closed = self._thread.submit(lambda: connection.close())  # that of the thread, which is another one here
        self._thread.shutdown(wait=False)
        with suppress(TimeoutError):
            closed.result(_CLOSE_SECONDS)

    async def _look_up(self, raw: str) -> Token | None:
        if not self._is_formed(raw):
            return None
        digest, latest = _digest(raw.encode()), self._clock() - _SECONDS
        good, wrong = self._good.find(digest), self._wrong.find(digest)
        if good is not None and good[0] > latest:
            return good[1]
        if wrong is not None and wrong > latest:
            return None
        asking = self._asking.get(digest) or self._begin(digest, raw, is_stranger=good is None)
        # Shared: a request that is given up ends it for nobody, and a late answer serves the next try.
        return await asyncio.shield(asking)

    def _begin(self, digest: bytes, raw: str, is_stranger: bool) -> asyncio.Future[Token | None]:
        if is_stranger and self._strangers >= _WAITING:
            raise unavailable("Too many new tokens at once.")
        self._strangers += is_stranger
        asking = self._asking[digest] = asyncio.ensure_future(self._ask_and_keep(digest, raw))
        asking.add_done_callback(lambda done: self._forget_question(digest, done, is_stranger))
        return asking

    def _forget_question(self, digest: bytes, done: asyncio.Future[Token | None], is_stranger: bool) -> None:
        del self._asking[digest]
        self._strangers -= is_stranger
        if not done.cancelled():
            done.exception()  # looked at here, because the one who asked may have gone

    async def _ask_and_keep(self, digest: bytes, raw: str) -> Token | None:
        try:
            token = await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, raw)
        except DatabaseError as error:
            log.warning("Tokens cannot be checked: %r", error)
            raise away(f"Tokens cannot be checked. {outage.explain(error)}") from None
        if token is None:
            self._good.forget(digest)
            self._wrong[digest] = self._clock()
        else:
            self._wrong.forget(digest)
            self._good[digest] = (self._clock(), token)
        return token

    def _ask(self, raw: str) -> Token | None:
        """Look a token up, on the connection of the lookup before: making one costs ten times as much."""
        connection.close_if_unusable_or_obsolete()
        return self._authenticate(raw)


def _raw(authorization: bytes) -> str | None:
    """What a header gives as a token; None where it gives none."""
    scheme, _, raw = authorization.decode("latin-1").strip().partition(" ")
    return raw.strip() or None if scheme.lower() == "bearer" else None


def _digest(given: bytes) -> bytes:
    return hashlib.sha256(given).digest()


def _may_report(token: Token) -> bool:
    return token.kind != Token.Kind.ENROL


def _unauthorised(message: str) -> Refusal:
    return Refusal(401, Code.UNAUTHENTICATED, message, _CHALLENGE)
