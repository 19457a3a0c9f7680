"""The foreground: starts the supervisor, prints the link once the pages answer, says what happens, stops it all."""

from __future__ import annotations

import selectors
import signal
import time
from collections.abc import Callable
from types import FrameType

from advisor.embedded import leftovers
from advisor.embedded.answers import answers
from advisor.embedded.narration import Narrator, last_line
from advisor.embedded.plan import Plan
from advisor.embedded.refusal import CannotStartError
from advisor.embedded.supervision import Supervisor

START_SECONDS = 120.0
"""Until the pages must answer. Measured 4 s on two idle cores; the rest is for a machine that is busy."""

STOP_SECONDS = 14
"""Until whoever did not end by itself is killed; 15 s is what we promise for the whole (P39)."""

ASK_SECONDS = 0.25


class Console:
    """One run from its start to its end."""

    def __init__(self, plan: Plan, supervisor: Supervisor, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._supervisor = supervisor
        self._say = say
        self._narrator = Narrator(plan.logs)
        self._is_stopping = False

    def stop_on_signals(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal end the run in order; a second one changes nothing."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGALRM, lambda *_: self._supervisor.kill())

    def until_ready(self) -> bool:
        """Wait for the pages; False if the run was stopped before. Raises `CannotStartError` if they do not come."""
        deadline = time.monotonic() + START_SECONDS
        while self._listen(ASK_SECONDS):
            if self._is_stopping:
                continue
            if answers(f"{self._plan.own_url}/livez"):
                return True
            if time.monotonic() > deadline:
                self._stop(0, None)
                self.finish()
                raise CannotStartError(f"The pages did not come up: {last_line(self._plan.logs / 'web.log')}")
        return False

    def until_stopped(self, look: Callable[[], None] | None, every: float) -> None:
        """Stay until the supervisor ends. `look` is called each `every` seconds, if there is something to look at."""
        patience = every if look else None
        while self._listen(patience):
            if look and not self._is_stopping:
                look()

    def finish(self) -> int:
        """Clear up; 0 if the run was stopped, 1 if it fell."""
        while self._listen(None):
            pass
        self._supervisor.wait()
        signal.alarm(0)
        leftovers.clear(self._plan.pids)
        if self._is_stopping:
            self._say("Stopped.")
            return 0
        self._say("The supervisor ended unexpectedly. The data is kept: start again.")
        return 1

    def _listen(self, patience: float | None) -> bool:
        """Wait for a word of the supervisor, at most `patience` seconds; False once it has ended."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._supervisor.output, selectors.EVENT_READ)
            if not selector.select(patience):
                return True
        lines = self._supervisor.lines()
        for line in lines or ():
            sentence = None if self._is_stopping else self._narrator.tell(line, time.monotonic())
            if sentence:
                self._say(sentence)
        return lines is not None

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        if self._is_stopping:
            return
        self._is_stopping = True
        self._say("Stopping ...")
        signal.alarm(STOP_SECONDS)
        self._supervisor.stop()
