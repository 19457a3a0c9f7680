"""What waits for the writer: bounded, and each token's turn comes round."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from advisor.ingest.batch import Batch


class Waiting(Protocol):
    """Something with a batch that waits."""

    @property
    def batch(self) -> Batch:
        """What is to be stored."""
        ...


W = TypeVar("W", bound=Waiting)


class Line(Generic[W]):
    """The batches of one token, the oldest first."""

    def __init__(self) -> None:
        self.waiting: deque[W] = deque()
        self.points = 0

    def append(self, one: W) -> None:
        """One more at the end."""
        self.waiting.append(one)
        self.points += one.batch.points

    def popleft(self) -> W:
        """The oldest."""
        one = self.waiting.popleft()
        self.points -= one.batch.points
        return one

    def pop(self) -> W:
        """The youngest."""
        one = self.waiting.pop()
        self.points -= one.batch.points
        return one


class FairQueue(Generic[W]):
    """At most `capacity` points that wait, a line for each token.

    A token alone may have all the room. Where there is none left, whoever has most in the queue gives way, so that a
    sender of too much is refused and the others do not notice. One batch always finds room in an empty queue.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._lines: dict[int, Line[W]] = {}
        self.points = 0

    def __bool__(self) -> bool:
        return bool(self._lines)

    def put(self, one: W) -> list[W]:
        """Let it wait; returns what had to give way, which may be itself."""
        line = self._lines.setdefault(one.batch.token.id, Line())
        line.append(one)
        self.points += one.batch.points
        gone: list[W] = []
        while self.points > self._capacity and self._has_several():
            key, longest = max(self._lines.items(), key=lambda item: item[1].points)
            gone.append(longest.pop())
            self._left(key, gone[-1])
        return gone

    @property
    def tokens(self) -> Iterator[int]:
        """Those who have something here."""
        return iter(self._lines)

    def take(self, points: int, is_due: Callable[[int], bool] = lambda token: True) -> list[W]:
        """What is to be stored next: one of each token in turn, until these points are reached or nothing waits.

        Tokens that are not due are passed over, and keep their places.
        """
        group: list[W] = []
        due, taken = deque(key for key in self._lines if is_due(key)), 0
        while due and taken < points:
            key = due.popleft()
            line = self._lines.pop(key)
            group.append(line.popleft())
            taken += group[-1].batch.points
            self._lines[key] = line  # behind the others
            self._left(key, group[-1])
            if line.waiting:
                due.append(key)
        return group

    def _has_several(self) -> bool:
        return len(self._lines) > 1 or any(len(line.waiting) > 1 for line in self._lines.values())

    def _left(self, key: int, one: W) -> None:
        self.points -= one.batch.points
        if not self._lines[key].waiting:
            del self._lines[key]
