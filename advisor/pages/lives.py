"""Starts and ends of a service's processes, with how each ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from advisor.store.samples import StoredEvent
from advisor.vocabulary import events
from advisor.vocabulary.events import Cause

SHOWN = 10

_SAME_END = 10.0
"""Seconds within which a process and its primary tell of the same end."""

_ASKS = ("SIGTERM", "SIGINT", "SIGHUP")
"""Signals that ask a process to end, as a deployment does."""

_ERRORS = (Cause.UNCAUGHT_EXCEPTION, Cause.UNHANDLED_REJECTION)
_WHY: dict[str, str] = {
    Cause.UNCAUGHT_EXCEPTION: "Error that nobody caught",
    Cause.UNHANDLED_REJECTION: "Rejected promise that nobody handled",
    Cause.OUT_OF_WORK: "Nothing left to do",
}


@dataclass(frozen=True, slots=True)
class LifeRow:
    """One start or end.

    Attributes:
        ended: False for a start.
        failed: True where the end was no ordinary one: an error that nobody caught, a signal that kills, a code.
        host: the machine's name.
        pid: the process; 0 where not known.
        how: how it ended in words; empty for a start.
        file: where an error came from; empty where not known.
        line: its line.
        time: Unix seconds.
    """

    ended: bool
    failed: bool
    host: str
    pid: int
    how: str
    file: str
    line: int | None
    time: float


def life_rows(happened: Sequence[StoredEvent]) -> list[LifeRow]:
    """Starts and ends, the newest first; an end that the process and its primary both tell of stands once."""
    starts = [event for event in happened if event.name == events.STARTED.name]
    told: dict[tuple[str, int], list[StoredEvent]] = defaultdict(list)
    for event in happened:
        if event.name == events.EXITED.name:
            told[event.host, _pid(event)].append(event)
    ends = [end for of_one in told.values() for end in _ends(of_one)]
    return [_row(event) for event in sorted([*starts, *ends], key=lambda event: -event.at)[:SHOWN]]


def _ends(told: list[StoredEvent]) -> Iterator[StoredEvent]:
    """The ends of one process id, each as the one tells it who knows most."""
    ordered = sorted(told, key=lambda event: event.at)
    while ordered:
        same = [event for event in ordered if event.at - ordered[0].at < _SAME_END]
        yield max(same, key=_knows)
        ordered = ordered[len(same) :]


def _knows(event: StoredEvent) -> bool:
    """True where it says more than that there was an end: a primary sees its worker go, the worker knows why."""
    return event.cause in _WHY or event.cause == Cause.SIGNAL


def _pid(event: StoredEvent) -> int:
    """The process that the event is about: a child that the teller saw end, else the teller itself."""
    return event.pid or event.instance_pid


def _row(event: StoredEvent) -> LifeRow:
    ended = event.name == events.EXITED.name
    return LifeRow(
        ended=ended,
        failed=ended and _failed(event),
        host=event.host,
        pid=_pid(event),
        how=_how(event) if ended else "",
        file=event.file or "",
        line=event.line,
        time=event.at,
    )


def _failed(event: StoredEvent) -> bool:
    """True unless it ended by itself, or was asked to."""
    asked = event.signal in (None, "", *_ASKS)
    return event.cause in _ERRORS or not asked or bool(event.exit_code)


def _how(event: StoredEvent) -> str:
    if event.signal:
        return f"{'Ended' if event.signal in _ASKS else 'Killed'} by {event.signal}"
    why = _WHY.get(event.cause or "", "")
    named = f"{why}: {event.exception}" if why and event.exception else why
    code = "" if event.exit_code is None else f"exit code {event.exit_code}"
    said = ", ".join(filter(None, (named, code)))
    return said[:1].upper() + said[1:] if said else "Nobody could see how"
