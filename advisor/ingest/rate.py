"""How much a token may send: one token bucket each, in memory."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Final

from advisor.fleet.memory import Memory

_REMEMBERED: Final = 10_000


class RateLimit:
    """A bucket per token that fills at `per_second` and holds two seconds' worth.

    In memory on purpose: it protects this process from one sender, so it works with the database
    and the broker away, and several processes each grant their own share. Any thread may ask.
    """

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = max(1.0, 2 * per_second)
        self._clock = clock
        self._buckets = Memory[int, list[float]](_REMEMBERED)  # how full each is, and since when
        self._turn = threading.Lock()

    def wait(self, token_id: int, amount: float = 1.0) -> int:
        """Take so much; 0 if it was there, else the whole seconds until it will be, and nothing is taken.

        More than a bucket holds is taken from a full one, which then owes it: whoever may send it at all may send it.
        """
        now = self._clock()
        with self._turn:
            bucket = self._buckets.find(token_id)
            if bucket is None:
                bucket = self._buckets[token_id] = [self._burst, now]
            level = min(self._burst, bucket[0] + (now - bucket[1]) * self._per_second)
            needed = min(amount, self._burst)
            taken = level >= needed
            bucket[:] = level - amount if taken else level, now
        return 0 if taken else math.ceil((needed - level) / self._per_second)
