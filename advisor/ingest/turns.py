"""How much of the writer's time each token takes, and until when it leaves the next turn to others."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Final

from advisor.fleet.memory import Memory

SHARE: Final = 20
"""One token may hold the writer for one such part of the time, while others send too. Who comes meanwhile waits for the
rest of a turn: with a twentieth one in twenty does. Newcomers are found out five at a time, so that 5,000 take some
100 s beside others, and OpenTelemetry's Collector gives up after 300.
"""

AHEAD: Final = 0.1
"""Seconds that are paid for in advance: whoever sends now and then never waits, whatever a turn of its own took."""

LONGEST: Final = 0.1
"""Most seconds that a token leaves to others at once: the price of a turn of 5 ms. What it sends meanwhile goes into a
single turn, so that who brings more than its share by right, such as a gateway, is slowed by no more than this.
"""

PRESENT: Final = 15.0
"""Seconds for which somebody counts as sending whose batch was stored: agents export every 10 s."""

_REMEMBERED: Final = 10_000


class Turns:
    """Pays for turns of the writer: `SHARE` times what they took, from now on.

    Nobody waits while no other token sends. Used by the writer's thread alone.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._paid = Memory[int, float](_REMEMBERED)
        self._served = self._served_before = (0, -PRESENT)

    def serve(self, tokens: Collection[int], seconds: float) -> None:
        """A turn in which batches of these tokens were stored is over; it took so long."""
        now = self._clock()
        for token in tokens:
            if token != self._served[0]:
                self._served_before = self._served
            self._served = (token, now)
        self.charge(tokens, seconds)

    def charge(self, tokens: Collection[int], seconds: float) -> None:
        """A turn that these tokens had is over. They share what it cost."""
        now = self._clock()
        for token in tokens:
            begin = max(now, self._paid.find(token) or now)
            self._paid[token] = min(begin + seconds / len(tokens) * SHARE, now + AHEAD + LONGEST)

    def due(self, token: int) -> float:
        """When the token may have its next turn, on the clock; 0 where it need not wait."""
        paid = self._paid.find(token)
        return 0.0 if paid is None or self._is_alone(token, self._clock()) else paid - AHEAD

    def _is_alone(self, token: int, now: float) -> bool:
        other = self._served if self._served[0] != token else self._served_before
        return now - other[1] >= PRESENT
