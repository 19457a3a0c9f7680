"""When a request must be answered, whatever it waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from advisor.ingest.answers import Refusal, unavailable

_AGAIN_SECONDS = 2
_DATABASE = "The database does not answer in time."

T = TypeVar("T")


def late(why: str = _DATABASE) -> Refusal:
    """The refusal of what takes too long."""
    return unavailable(f"{why} Send it again.", _AGAIN_SECONDS)


class Deadline:
    """One for all that a request waits for here, so that waits do not add up.

    What its sender takes to bring the body does not count: that has limits of its own.

    Args:
        seconds: from now until the answer.
    """

    def __init__(self, seconds: float) -> None:
        self._clock = asyncio.get_running_loop().time
        self._at = self._clock() + seconds

    async def keep(self, awaited: Awaitable[T], otherwise: Callable[[], Refusal] = late) -> T:
        """Wait for something, and no longer than until then.

        Raises:
            Refusal: what `otherwise` says: it took too long.
        """
        try:
            async with asyncio.timeout_at(self._at):
                return await awaited
        except TimeoutError:
            raise otherwise() from None

    def paused(self) -> _Pause:
        """The time that passes meanwhile is the sender's own."""
        return _Pause(self)


class _Pause:
    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def __enter__(self) -> None:
        self._began = self._deadline._clock()

    def __exit__(self, *_: object) -> None:
        self._deadline._at += self._deadline._clock() - self._began
