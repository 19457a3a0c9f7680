"""Which token knocks: asked of the registry at most every ten seconds per token."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.db import Error as DatabaseError
from django.db import connection

from advisor.fleet import tokens
from advisor.fleet.models import Token
from advisor.ingest import limits
from advisor.ingest.answers import Code, Refusal, unavailable

_SECONDS: Final = 10.0
_REMEMBERED: Final = 10_000
_WAITING: Final = 100
_CHALLENGE: Final = ((b"www-authenticate", b'Bearer realm="advisor"'),)

log = logging.getLogger(__name__)


class Credentials:
    """Remembers what each token turned out to be, the wrong ones too.

    Requests that come with one token while it is being looked up wait for the same answer. Lookups
    share one thread and one connection: a flood of invented tokens then costs one query at a time,
    and never the threads that decode.
    """

    def __init__(
        self,
        authenticate: Callable[[str], Token | None] = tokens.authenticate,
        clock: Callable[[], float] = time.monotonic,
        seconds: float = limits.COMMIT_SECONDS,
    ) -> None:
        self._authenticate = authenticate
        self._clock = clock
        self._seconds = seconds
        self._known: dict[bytes, tuple[float, Token | None]] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ingest-credentials")
        self._asking: dict[bytes, asyncio.Future[Token | None]] = {}

    async def check(self, authorization: bytes) -> Token:
        """The token of an `Authorization` header.

        Raises:
            Refusal: 401 without a valid token, 403 for one that may not report, 503 while the
                database is away.
        """
        scheme, _, raw = authorization.decode("latin-1").strip().partition(" ")
        if scheme.lower() != "bearer" or not raw:
            raise _unauthorised("Send the header 'Authorization: Bearer <token>' with a token of this server.")
        token = await self._look_up(raw.strip())
        if token is None:
            raise _unauthorised("This token is not known here, was revoked or has expired. Make a new one.")
        if token.kind == Token.Kind.ENROL:
            raise Refusal(403, Code.PERMISSION_DENIED, "An enrolment key cannot report. Use a host or API token.")
        return token

    async def _look_up(self, raw: str) -> Token | None:
        digest = hashlib.sha256(raw.encode()).digest()
        asked_at, token = self._known.get(digest, (float("-inf"), None))
        if self._clock() - asked_at < _SECONDS:
            return token
        asking = self._asking.get(digest)
        if asking is None:
            if len(self._asking) >= _WAITING:
                raise unavailable("Too many new tokens at once.")
            asking = self._asking[digest] = asyncio.ensure_future(self._ask_and_keep(digest, raw))
            asking.add_done_callback(lambda done: self._forget_question(digest, done))
        try:
            async with asyncio.timeout(self._seconds):
                # Shared: a request that is given up ends it for nobody, and a late answer serves the next try.
                return await asyncio.shield(asking)
        except TimeoutError:
            log.warning("Tokens could not be checked within %g s", self._seconds)
            raise unavailable("Tokens cannot be checked: the database is slow.", 2) from None

    def _forget_question(self, digest: bytes, done: asyncio.Future[Token | None]) -> None:
        del self._asking[digest]
        if not done.cancelled():
            done.exception()  # looked at here, because the one who asked may have gone

    async def _ask_and_keep(self, digest: bytes, raw: str) -> Token | None:
        try:
            token = await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, raw)
        except DatabaseError as error:
            log.warning("Tokens cannot be checked: %r", error)
            raise unavailable("Tokens cannot be checked: the database is away.", 5) from None
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[digest] = (self._clock(), token)
        return token

    def _ask(self, raw: str) -> Token | None:
        try:
            return self._authenticate(raw)
        finally:
            connection.close()


def _unauthorised(message: str) -> Refusal:
    return Refusal(401, Code.UNAUTHENTICATED, message, _CHALLENGE)
