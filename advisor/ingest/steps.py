"""Work that lets others have their turn in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

Steps = Generator[None, None, T]
"""Yields where others may go first; its value is what the work comes to."""


class Done(NamedTuple, Generic[T]):
    """What the work came to."""

    value: T


def advance(steps: Steps[T]) -> Done[T] | None:
    """Take a step; None while there are more."""
    try:
        next(steps)
    except StopIteration as end:
        return Done(end.value)
    return None


def finish(steps: Steps[T], between: Callable[[], None] = lambda: None) -> T:
    """Do all the work here, with something in between."""
    while (done := advance(steps)) is None:
        between()
    return done.value


async def _next_round() -> None:
    await asyncio.sleep(0)


async def in_turns(steps: Steps[T], between: Callable[[], Awaitable[object]] = _next_round) -> T:
    """Do all the work on the event loop, where others have their turn in between."""
    while (done := advance(steps)) is None:
        await between()
    return done.value
