"""How long to wait after a failure."""

from __future__ import annotations

import os

FIRST_SECONDS, MOST_SECONDS = 1.0, 300.0
_MOST_DOUBLINGS = 20


class Backoff:
    """Exponential with full jitter: a uniform draw below 1 s, 2 s, 4 s ... up to a cap.

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015; full jitter spreads a
    returning fleet best.
    """

    def __init__(self) -> None:
        self._failures = 0

    def next(self, most_seconds: float = MOST_SECONDS) -> float:
        """Seconds to wait after one more failure. At least a tenth, so that no draw makes a busy loop."""
        ceiling = min(FIRST_SECONDS * 2.0**self._failures, most_seconds)
        self._failures = min(self._failures + 1, _MOST_DOUBLINGS)
        draw = int.from_bytes(os.urandom(4), "big") / (1 << 32)
        return max(ceiling * draw, 0.1)

    def reset(self) -> None:
        """It worked."""
        self._failures = 0
