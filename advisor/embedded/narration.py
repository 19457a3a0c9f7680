"""What supervisord logs, told as sentences. It is silent about what needs nobody."""

from __future__ import annotations

import re
from pathlib import Path

_EXITED = re.compile(r"exited: (?P<name>[\w-]+) \((?P<how>[^;]*)")
_GAVE_UP = re.compile(r"gave up: (?P<name>[\w-]+) ")
_NO_COMMAND = re.compile(r"spawnerr: (?P<reason>.*)")

REPEAT_SECONDS = 60.0
"""The same process is mentioned at most this often: one that fails at each start would fill the screen."""


class Narrator:
    """Turns one line of supervisord's log into one sentence, or into nothing."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._told: dict[str, float] = {}

    def tell(self, line: str, now: float) -> str | None:
        """The sentence for a line that came at `now` (monotonic seconds)."""
        if gave_up := _GAVE_UP.search(line):
            name = gave_up["name"]
            return f"{name} does not stay up and is not started again: {last_line(self._logs / f'{name}.log')}"
        if missing := _NO_COMMAND.search(line):
            return f"A process cannot be started: {missing['reason']}"
        exited = _EXITED.search(line)
        if exited is None or now - self._told.get(exited["name"], -REPEAT_SECONDS) < REPEAT_SECONDS:
            return None
        self._told[exited["name"]] = now
        return f"{exited['name']} ended ({exited['how']}) and is started again; see {self._logs / exited['name']}.log"


def last_line(log: Path) -> str:
    """The last words of a process, for somebody who has no time to open the log."""
    try:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        lines = []
    return f"{lines[-1].strip()} (in {log})" if lines else f"it wrote nothing to {log}"
