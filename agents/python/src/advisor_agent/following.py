"""What the loop asks of whoever follows processes to their end."""

from __future__ import annotations


class Following:
    """Follows nobody, for a system that tells no ends."""

    def follow(self) -> None:
        """A scan is over: take note of what is there now."""

    def next_wake(self) -> float | None:
        """When `work` has something to do, in the time of `time.monotonic`."""
        return None

    def work(self) -> None:
        """Do what is due."""

    def close(self) -> None:
        """Follow nobody any more."""
