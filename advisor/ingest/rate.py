"""How often a token may knock: one token bucket each, in memory."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from advisor.fleet.memory import Memory

_REMEMBERED: Final = 10_000


class RateLimit:
    """A bucket per token that fills at `per_second` and holds two seconds' worth.

    In memory on purpose: it protects this process from one sender, so it works with the database
    and the broker away, and several processes each grant their own share.
    """

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = max(1.0, 2 * per_second)
        self._clock = clock
        self._buckets = Memory[int, tuple[float, float]](_REMEMBERED)

    def wait(self, token_id: int) -> int:
        """Take one request's worth; 0 if it was there, else the whole seconds until it will be."""
        now = self._clock()
        level, filled_at = self._buckets.find(token_id) or (self._burst, now)
        level = min(self._burst, level + (now - filled_at) * self._per_second)
        taken = level >= 1.0
        self._buckets[token_id] = (level - taken, now)
        return 0 if taken else math.ceil((1.0 - level) / self._per_second)
