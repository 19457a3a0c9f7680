"""Starts and ends of a service's processes, with how each ended and how often they did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from advisor.features.ends import ASKED, ERRORS, End, told_ends
from advisor.features.window import Happening, Life
from advisor.pages.words import count, duration, listed
from advisor.store.samples import StoredEvent
from advisor.vocabulary import events
from advisor.vocabulary.events import Cause

SHOWN = 10
MANNERS_SHOWN = 3

_HOUR = 3600.0

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
    """Starts and ends, the newest first, each once however many tell of it."""
    rows = [*map(_start, _starts(happened)), *(_end(end, host) for end, host in _ends(happened))]
    return sorted(rows, key=lambda row: -row.time)[:SHOWN]


def how_often(happened: Sequence[StoredEvent], since: float, now: float) -> str:
    """How often processes ended, and in what manner, in a sentence or two; empty where none did.

    Args:
        happened: all events since then.
        since: Unix seconds.
        now: as `since`.
    """
    found = [end for end, _ in _ends(happened)]
    if not found:
        return ""
    recent = sum(end.at > now - _HOUR for end in found)
    span = min(now - since, _HOUR) if recent == len(found) else now - since
    manners = Counter(map(_manner, found)).most_common()
    said = f"Ended {_times(len(found))} in the last {_period(span)}, {_manners(manners)}."
    return f"{said} {recent:,} of them in the last hour." if 0 < recent < len(found) else said


def _starts(happened: Sequence[StoredEvent]) -> list[StoredEvent]:
    """One start of each process: the probe tells of it, and the agent too."""
    first: dict[int, StoredEvent] = {}
    for event in sorted(happened, key=lambda event: event.at):
        if event.name == events.STARTED.name:
            first.setdefault(event.instance_id, event)
    return list(first.values())


def _ends(happened: Sequence[StoredEvent]) -> list[tuple[End, str]]:
    """Every end once, in no order, with the name of its machine."""
    hosts = sorted({event.host for event in happened})
    numbers = {host: number for number, host in enumerate(hosts)}
    lives: dict[int, Life] = {}
    for event in sorted(happened, key=lambda event: event.at):
        life = Life(event.instance_id, numbers[event.host], event.instance_pid, "", "", None, event.at, event.at)
        lives.setdefault(event.instance_id, life)
    found = told_ends(map(_happening, happened), tuple(lives.values()))
    return [(end, "" if end.host_id is None else hosts[end.host_id]) for end in found]


def _happening(event: StoredEvent) -> Happening:
    return Happening(
        event.name,
        event.at,
        event.instance_id,
        event.pid,
        cause=event.cause or "",
        file=event.file or "",
        line=event.line,
        exception=event.exception or "",
        exit_code=event.exit_code,
        signal=event.signal or "",
    )


def _start(event: StoredEvent) -> LifeRow:
    return LifeRow(
        ended=False,
        failed=False,
        host=event.host,
        pid=event.pid or event.instance_pid,
        how="",
        file="",
        line=None,
        time=event.at,
    )


def _end(end: End, host: str) -> LifeRow:
    return LifeRow(
        ended=True,
        failed=_failed(end),
        host=host,
        pid=end.pid,
        how=_how(end),
        file=end.file,
        line=end.line,
        time=end.at,
    )


def _failed(end: End) -> bool:
    """True unless it ended by itself, or was asked to."""
    return end.cause in ERRORS or end.signal not in ("", *ASKED) or bool(end.exit_code)


def _how(end: End) -> str:
    why = _WHY.get(end.cause, "")
    named = f"{why}: {end.exception}" if why and end.exception else why
    said = ", ".join(filter(None, (named, _outcome(end))))
    return said[:1].upper() + said[1:] if said else "Nobody could see how"


def _outcome(end: End) -> str:
    if end.signal:
        return f"{'ended' if end.signal in ASKED else 'killed'} by {end.signal}"
    return "" if end.exit_code is None else f"exit code {end.exit_code}"


def _manner(end: End) -> str:
    """What it ended by, as the end of a sentence."""
    if end.signal:
        return f"by {end.signal}"
    return "in a way that nobody could see" if end.exit_code is None else f"with exit code {end.exit_code}"


def _manners(counted: Sequence[tuple[str, int]]) -> str:
    """Manner and how often, the most frequent first."""
    if len(counted) == 1:
        ((manner, number),) = counted
        return manner if number == 1 else f"each time {manner}"
    said = [f"{_times(number)} {manner}" for manner, number in counted[:MANNERS_SHOWN]]
    others = sum(number for _, number in counted[MANNERS_SHOWN:])
    return listed([*said, f"{_times(others)} otherwise"] if others else said)


def _times(number: int) -> str:
    return "once" if number == 1 else count(number, "time")


def _period(seconds: float) -> str:
    hours = round(seconds / _HOUR, 3)
    if hours < 1 or hours % 1:
        return duration(seconds)
    return "hour" if hours == 1 else f"{hours:.0f} hours"
