"""What the agent tells the person who runs it: one line per matter on standard error."""

from __future__ import annotations

import sys


class Log:
    """Says a thing once per matter until that matter is settled, so that a bad day fills no disk."""

    def __init__(self) -> None:
        self._open: set[str] = set()

    def say(self, text: str) -> None:
        """One line, always."""
        try:
            print(f"advisor-agent: {text}", file=sys.stderr, flush=True)
        except OSError:
            return  # nobody reads it, or the disk it is kept on is full: the work goes on

    def once(self, matter: str, text: str) -> None:
        """One line, unless this matter was already told and is not settled."""
        if matter not in self._open:
            self._open.add(matter)
            self.say(text)

    def settle(self, matter: str, text: str = "") -> None:
        """The matter is over; the text is said if the matter had been told."""
        if matter in self._open:
            self._open.discard(matter)
            if text:
                self.say(text)
