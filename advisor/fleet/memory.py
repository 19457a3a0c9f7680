"""What a process remembers of those who send, bounded, since they choose the names."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memory(dict[K, V]):
    """At most `size` keys, and always those that were asked for last.

    There are two generations. When the young one, which is this dictionary itself, is half of all, it becomes the old
    one, and what was old is forgotten; a key that is asked for is young again. A sender that invents keys therefore
    never drives out those in use, as it would where a full memory is cleared, and nothing has to be sorted by age.

    Ask with `memory[key]`, which costs as much as with a dictionary, and raises KeyError; or with `find`. Iterating and
    `in` see the young generation only.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self._half = size // 2
        self._old: dict[K, V] = {}

    def __missing__(self, key: K) -> V:
        value = self._old.pop(key)
        self[key] = value
        return value

    def __setitem__(self, key: K, value: V) -> None:
        if len(self) >= self._half and key not in self:
            self.grow_old()
        elif self._old:
            self._old.pop(key, None)
        super().__setitem__(key, value)

    @property
    def held(self) -> int:
        """How many keys there are, young and old."""
        return len(self) + len(self._old)

    def grow_old(self) -> None:
        """Forget what was not asked for since the last time."""
        self._old = dict(self)
        self.clear()

    def find(self, key: K) -> V | None:
        """What is known of the key, None where that is nothing."""
        try:
            return self[key]
        except KeyError:
            return None

    def forget(self, key: K) -> None:
        """Know nothing of the key any more."""
        self.pop(key, None)
        self._old.pop(key, None)
