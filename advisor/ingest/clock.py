"""How far each sender's clock is off, from the time that it says it sends at."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Final

NOTICEABLE_SECONDS: Final = 0.5
"""Below this a difference is travel time; correcting for it would only shake the timestamps."""

_MEASURED: Final = 3
_REMEMBERED: Final = 20_000


class ClockBook:
    """The clock offset of each sender: server clock minus sender clock, in seconds.

    A measurement is the true offset plus the time that the request travelled, so the smallest of the
    last few is the best; and it replaces the known one only when it differs by more than
    `NOTICEABLE_SECONDS`, so that the times of one sender keep their distances.
    """

    def __init__(self) -> None:
        self._measured: dict[Hashable, deque[float]] = {}
        self._known: dict[Hashable, float] = {}

    def offset(self, sender: Hashable, received: float, sent: float | None) -> float:
        """The sender's offset, with one more measurement taken in; 0 for who never says when it sends."""
        if sent is None:
            return self._known.get(sender, 0.0)
        if len(self._measured) >= _REMEMBERED:
            self._measured.clear()
            self._known.clear()
        measured = self._measured.setdefault(sender, deque(maxlen=_MEASURED))
        measured.append(received - sent)
        best = min(measured)
        known = self._known.get(sender, 0.0)
        if abs(best - known) > NOTICEABLE_SECONDS:
            self._known[sender] = known = best
        return known
