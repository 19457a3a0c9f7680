"""How much the bodies that are on their way, or being sorted, may take together."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from advisor.ingest.answers import unavailable


class Room:
    """So many bytes for all bodies of a process. Used from one event loop, so nothing needs a lock."""

    def __init__(self, size: int) -> None:
        self._free = size

    @property
    def free(self) -> int:
        """Bytes that nobody holds."""
        return self._free

    def share(self) -> Share:
        """What one body holds, from `__enter__` to `__exit__`."""
        return Share(self)

    def _take(self, size: int) -> None:
        if size > self._free:
            raise unavailable("Too many bodies at once.")
        self._free -= size


class Share:
    """The part of a room that one body takes; it grows while the body arrives."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def release(self) -> None:
        """Hold nothing any more; a second time changes nothing."""
        self._room._take(-self._size)
        self._size = 0

    def grow(self, size: int) -> None:
        """Hold so many bytes in all.

        Raises:
            Refusal: 503, there is no room left.
        """
        if size > self._size:
            self._room._take(size - self._size)
            self._size = size
