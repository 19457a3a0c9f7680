"""How far each sender's clock is off, from the time that it says it sends at."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Final

from advisor.fleet.memory import Memory

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
        self._measured = Memory[Hashable, deque[float]](_REMEMBERED)
        self._known = Memory[Hashable, float](2 * _REMEMBERED)

    def offset(self, token_id: int, host: Hashable, received: float, sent: float | None) -> float:
        """The sender's offset, with one more measurement taken in.

        A sender that does not say when it sends has the offset that others measured on its host, or 0.
        """
        if sent is None:
            own = self._known.find((token_id, host))
            return (self._known.find(host) or 0.0) if own is None else own
        sender = (token_id, host)
        measured = self._measured.find(sender)
        if measured is None:
            measured = self._measured[sender] = deque(maxlen=_MEASURED)
        measured.append(received - sent)
        best, known = min(measured), self._known.find(sender) or 0.0
        if abs(best - known) > NOTICEABLE_SECONDS:
            known = best
        self._known[sender] = self._known[host] = known
        return known
