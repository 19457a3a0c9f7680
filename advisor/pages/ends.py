"""Ends of processes: the process itself, its primary and the agent may each tell of one, and each knows something else.

The process knows why, its primary and the agent what the kernel says of it. Together they are one end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from advisor.store.samples import StoredEvent
from advisor.vocabulary.events import EXITED, Cause

SAME_END = 10.0
"""Seconds within which all tell of the same end: a busy primary takes note of it late."""

ERRORS = (Cause.UNCAUGHT_EXCEPTION, Cause.UNHANDLED_REJECTION)
"""Reasons that are failures whatever the exit code says."""

_REASONS = (*ERRORS, Cause.OUT_OF_WORK)
"""Causes that only the process itself can know."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of one process, as all who told of it know it together; None where nobody does.

    Attributes:
        at: Unix seconds, by the first who told.
        host: the machine's name.
        pid: the process; 0 where not known.
        reason: why, where that is more than an exit code or a signal.
        exception: the kind of error.
        file: where the error came from.
        line: its line.
        exit_code: what it ended with; None where a signal ended it.
        signal: what ended it.
    """

    at: float
    host: str
    pid: int
    reason: str | None = None
    exception: str | None = None
    file: str | None = None
    line: int | None = None
    exit_code: int | None = None
    signal: str | None = None


def ends(happened: Sequence[StoredEvent]) -> list[End]:
    """Every end once, in no order."""
    return [_joined(told) for told in _same(event for event in happened if event.name == EXITED.name)]


def pid_of(event: StoredEvent) -> int:
    """The process that an event is about: a child that the teller saw end, else the teller itself."""
    return event.pid or event.instance_pid


def _same(told: Iterable[StoredEvent]) -> list[list[StoredEvent]]:
    """What is told of one end stands together.

    What a process and the agent say belongs to one instance. A primary knows its child by its process id alone, which
    means another one in another container, so it comes last and joins what is there.
    """
    found: list[list[StoredEvent]] = []
    of_one: dict[tuple[str, str, int], list[list[StoredEvent]]] = defaultdict(list)
    for event in sorted(told, key=lambda event: (event.pid is not None, event.at)):
        by_pid, by_instance = ("pid", event.host, pid_of(event)), ("instance", event.host, event.instance_id)
        near = of_one[by_instance if event.pid is None else by_pid]
        group = next((group for group in near if abs(event.at - group[0].at) < SAME_END), None)
        if group is None:
            group = []
            found.append(group)
            for key in (by_pid,) if event.pid is not None else (by_pid, by_instance):
                of_one[key].append(group)
        group.append(event)
    return found


def _joined(told: Sequence[StoredEvent]) -> End:
    """The reason of whoever has one; of code and signal the last word, since the kernel's comes after all others."""
    ordered = sorted(told, key=lambda event: event.at)
    first = ordered[0]
    knows = next((event for event in ordered if event.cause in _REASONS), None)
    signal = next((event.signal for event in reversed(ordered) if event.signal), None)
    codes = [event.exit_code for event in ordered if event.exit_code is not None]
    return End(
        at=first.at,
        host=first.host,
        pid=pid_of(first),
        reason=knows.cause if knows else None,
        exception=knows.exception if knows else None,
        file=knows.file if knows else None,
        line=knows.line if knows else None,
        exit_code=codes[-1] if codes and not signal else None,
        signal=signal,
    )
