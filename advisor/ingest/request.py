"""A request as those see it who take it in.

Without Django: a server imports its protocol before that is up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final
from typing import Protocol as Face

from advisor.ingest.answers import Answer

STATE: Final = "advisor.short"
"""Where the state of the lifespan has the short way of an application."""

Pending = asyncio.Future[Any]
"""What comes of a request: a `batch.Outcome`."""

Tell = Callable[[Answer], None]


class Request:
    """A request of which the head is there.

    Attributes:
        method: such as POST.
        path: where it was sent to.
        headers: as they came, with names in lower case.
        given: the same by name.
        sender: primary key of the token it came with; None until that is known.
    """

    __slots__ = ("given", "headers", "method", "path", "sender")

    def __init__(self, method: str, path: str, headers: Sequence[tuple[bytes, bytes]]) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.given = dict(headers)
        self.sender: int | None = None


class Way(Face):
    """Takes requests that are there whole."""

    def take(self, request: Request, data: bytes, tell: Tell) -> Pending | None:
        """Answer a request; None where it has to go the long way, and nothing has happened.

        Args:
            request: sent with POST.
            data: all of its body, as it travelled.
            tell: is told the answer once, on the event loop, after this method.

        Returns:
            What may be cancelled, where the server ends.
        """
        ...
