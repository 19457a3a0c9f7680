"""When to look for the successor of a process that ended: soon, often, and only for a while.

What starts and ends again between two scans would never be seen. It mostly starts because another one ended: its
parent runs the same script again. As long as nothing ends nobody looks, and that costs nothing.
"""

from __future__ import annotations

import math

_WATCH_SECONDS = 5.0
"""After an end: PM2 and systemd start the next one within 0.1 s, supervisord within 1 to 3 s."""

_EVERY_SECONDS = 0.02
"""Between two looks: Node.js needs about 40 ms from its start until it can fail."""

_MOST_SHARE = 0.01
"""Of one processor, that looks may take in the long run: where they are dear, there are fewer."""

_MOST_CREDIT = 0.05
"""Seconds of looking that may be taken at once after a quiet time."""


class Lookout:
    """Times are those of `time.monotonic`, in seconds."""

    def __init__(self) -> None:
        self._until: dict[tuple[int, str], float] = {}
        """Parent and script -> when it is expected no longer."""
        self._next = math.inf
        self._credit = _MOST_CREDIT
        self._credited_at = 0.0

    @property
    def next_look(self) -> float | None:
        """When to look next, None while there is nothing to look for."""
        return self._next if self._until else None

    @property
    def parents(self) -> set[int]:
        """Whose children to look at: processes that lost one."""
        return {parent for parent, _ in self._until}

    def expects(self, script: str) -> bool:
        """Whether a process that runs this is a successor: other programs come and go beside it."""
        return any(script == expected for _, expected in self._until)

    def alert(self, parent: int, script: str, now: float) -> None:
        """A child of this one ended: it may run the same again soon. Without a script nobody could tell."""
        if not script:
            return
        if not self._until:
            self._next = max(now + _EVERY_SECONDS, self._affordable(now))
        self._until[parent, script] = now + _WATCH_SECONDS

    def looked(self, seconds: float, now: float) -> None:
        """One look took so much time of the processor."""
        self._credit -= seconds
        self._next = max(now + _EVERY_SECONDS, self._affordable(now))
        self._until = {one: until for one, until in self._until.items() if until > now}

    def _affordable(self, now: float) -> float:
        """When there is credit again."""
        saved = (now - self._credited_at) * _MOST_SHARE
        self._credit = min(self._credit + saved, _MOST_CREDIT)
        self._credited_at = now
        return now if self._credit > 0 else now - self._credit / _MOST_SHARE
