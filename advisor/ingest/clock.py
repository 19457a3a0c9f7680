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

    def offset(self, token_id: int, host: Hashable, received: float, sent: float | None) -> float:
        """The sender's offset, with one more measurement taken in.

        A sender that does not say when it sends has the offset that others measured on its host, or 0.
        """
        if sent is None:
            return self._known.get((token_id, host), self._known.get(host, 0.0))
        if len(self._measured) >= _REMEMBERED:
            self._measured.clear()
            self._known.clear()
        sender = (token_id, host)
        measured = self._measured.setdefault(sender, deque(maxlen=_MEASURED))
        measured.append(received - sent)
        best, known = min(measured), self._known.get(sender, 0.0)
        if abs(best - known) > NOTICEABLE_SECONDS:
            known = best
        self._known[sender] = self._known[host] = known
        return known
