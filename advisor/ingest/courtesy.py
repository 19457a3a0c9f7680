"""Who is being served, so that a body that takes long to read waits for those who are soon done.

Reading takes the event loop, and with it Python, from the writer: each statement of a group then waits for the end of
a step, and a group that is stored in 4 ms alone takes 15. So what is read in steps leaves both to others between them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from advisor.ingest.deadline import Deadline, late
from advisor.ingest.steps import Done, Steps, advance, in_turns

T = TypeVar("T")

LOOK_SECONDS: Final = 0.001
"""How often it is looked whether others are through. The event loop sleeps meanwhile, and Python is theirs alone."""

MOST_LOOKS: Final = 20
"""How often a body waits like that in all. A busy server has others at any time, and reads 50 such bodies a second of
each token still."""


class Courtesy:
    """Reads the bodies of a token one after another, however many of them come at once. Used from one event loop."""

    def __init__(self) -> None:
        self._all = 0
        self._served = Counter[int]()
        self._reading = WeakValueDictionary[int, asyncio.Lock]()  # of those whose bodies take more than a step

    def serving(self, token: int) -> _Serving:
        """While somebody is served for whom others wait, from when the request is there to its answer."""
        return _Serving(self, token)

    def enter(self, token: int) -> None:
        """Somebody is served from now on, until `leave`."""
        self._all += 1
        self._served[token] += 1

    def leave(self, token: int) -> None:
        """Nobody waits any more for what began with `enter`."""
        self._all -= 1
        self._served[token] -= 1
        if not self._served[token]:
            del self._served[token]

    def has_others(self, token: int) -> bool:
        """Whether anybody is served who comes with another token."""
        return self._all > self._served[token]

    def begin(self, token: int, steps: Steps[T]) -> Done[T] | asyncio.Lock:
        """Take the first step, unless others of this token are being read.

        Returns:
            What one step comes to, as it does of nearly every body: that waits for nobody. Else what is to be handed to
            `go_on`, so that who comes before that is called knows that somebody is being read.
        """
        lock = self._reading.get(token)
        if lock is None:
            if (done := advance(steps)) is not None:
                return done
            lock = self._reading[token] = asyncio.Lock()
        return lock

    async def read(self, token: int, steps: Steps[T], deadline: Deadline) -> T:
        """Take all the steps.

        Raises:
            Refusal: as `go_on`.
        """
        begun = self.begin(token, steps)
        return begun.value if isinstance(begun, Done) else await self.go_on(token, steps, begun, deadline)

    async def go_on(self, token: int, steps: Steps[T], lock: asyncio.Lock, deadline: Deadline) -> T:
        """Take the other steps.

        Raises:
            Refusal: 503, there are too many bodies of this token before it.
        """
        pause = _Pause(self, token)
        if lock.locked():
            await deadline.keep(lock.acquire(), lambda: late("Many bodies of this token come at once."))
        else:
            await lock.acquire()
        try:
            await pause()
            return await in_turns(steps, pause)
        finally:
            lock.release()


class _Serving:
    def __init__(self, courtesy: Courtesy, token: int) -> None:
        self._courtesy = courtesy
        self._token = token

    def __enter__(self) -> None:
        self._courtesy.enter(self._token)

    def __exit__(self, *_: object) -> None:
        self._courtesy.leave(self._token)


class _Pause:
    """What one body waits between two steps: until nobody else is served, and at most `MOST_LOOKS` times in all."""

    def __init__(self, courtesy: Courtesy, token: int) -> None:
        self._courtesy = courtesy
        self._token = token
        self._looks = MOST_LOOKS

    async def __call__(self) -> None:
        await asyncio.sleep(0)
        while self._looks and self._courtesy.has_others(self._token):
            self._looks -= 1
            await asyncio.sleep(LOOK_SECONDS)
