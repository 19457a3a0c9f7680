"""How each process of a service ended, of all that the process, its primary and the agent tell of it.

Each of them knows something else, so what they say of one end is joined. A process that fell silent without a
word also ended, but nobody knows how.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from advisor.features.window import FEW, Happening, Life, ServiceWindow
from advisor.vocabulary.events import EXITED, Cause

SAME_END: Final = 10.0
"""Real seconds within which all tell of the same end: a busy primary takes note of it late."""

SILENT_FOR: Final = 90.0
"""Scaled seconds, and `FEW` usual intervals, without a report after which a process is taken for gone."""

ERRORS: Final = (Cause.UNCAUGHT_EXCEPTION, Cause.UNHANDLED_REJECTION)
"""Reasons that are failures whatever the exit code says."""

ASKED: Final = ("SIGTERM", "SIGINT", "SIGHUP")
"""Signals that ask a process to end, as a deployment does."""

_ASKED_CODES: Final = (0, 129, 130, 143)
"""Exit codes of a process that was asked to stop: 128 and the number of the signal where a shell stands between."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of one process; None and empty where nobody knows.

    Attributes:
        at: Unix seconds, by the first who told; the last report where nobody told.
        life: the process; None for one that ended before it could report anything.
        cause: of `vocabulary.events.Cause`.
        told: False where it only fell silent.
        host_id: its machine.
        active: requests in flight then, by its own word.
    """

    at: float
    life: Life | None
    pid: int
    cause: str = ""
    exit_code: int | None = None
    signal: str = ""
    exception: str = ""
    function: str = ""
    file: str = ""
    line: int | None = None
    told: bool = True
    host_id: int | None = None
    active: int | None = None

    @property
    def is_error(self) -> bool:
        """True if the process failed, whoever else was replacing it at the time."""
        if self.cause in ERRORS or self.cause == Cause.OUT_OF_WORK:
            return True
        return bool(self.signal and self.signal not in (*ASKED, "SIGKILL")) or (
            self.exit_code is not None and self.exit_code not in (*_ASKED_CODES, 137)
        )

    @property
    def is_orderly(self) -> bool:
        """True if it ended as a process does that was asked to."""
        asked = self.signal in ASKED or (not self.signal and self.exit_code in _ASKED_CODES)
        return asked and not self.is_error

    def __str__(self) -> str:
        """How it ended, in words: code or signal, exception, place."""
        how = f"by {self.signal}" if self.signal else "for an unknown reason"
        if self.exit_code is not None:
            how = f"with exit code {self.exit_code}"
        return f"{how} after {self.exception}{self.place}" if self.exception else f"{how}{self.place}"

    @property
    def place(self) -> str:
        """Where the error came from: ` in parse (a.js:3)`; empty where nobody told."""
        where = f" in {self.function}" if self.function else ""
        line = f":{self.line}" if self.line else ""
        return f"{where} ({self.file}{line})" if self.file else where


def began(life: Life) -> float:
    """When a process began, as far as is known, in Unix seconds."""
    return life.seen_first if life.started is None else life.started


def ends(window: ServiceWindow, now: float, time_scale: float) -> tuple[End, ...]:
    """Every end up to `now` once, oldest first."""
    found = told_ends((event for event in window.events if event.at <= now), window.lives)
    told = {end.life.instance_id for end in found if end.life is not None}
    least = now - SILENT_FOR / time_scale
    silent = [life for life in window.lives if life.instance_id not in told and life.seen_last < least]
    steps = {one.id: one.track.step for one in window.instances} if silent else {}
    found += [
        End(life.seen_last, life, life.pid, told=False, host_id=life.host_id)
        for life in silent
        if life.seen_last < now - FEW * steps.get(life.instance_id, 0.0)
    ]
    return tuple(sorted(found, key=lambda end: end.at))


def told_ends(events: Iterable[Happening], lives: Sequence[Life]) -> list[End]:
    """Every end that these events tell of once, in no order; events of other kinds are passed over."""
    told: dict[int, list[Happening]] = {}
    strangers: dict[int | None, list[list[Happening]]] = {}
    by_id = {life.instance_id: life for life in lives}
    by_pid: dict[tuple[int | None, int], list[Life]] = {}
    for life in lives:
        by_pid.setdefault((life.host_id, life.pid), []).append(life)
    # A primary knows its child by its process id alone, so it comes last and joins what is there.
    exited = [event for event in events if event.name == EXITED.name]
    for event in sorted(exited, key=lambda event: (event.pid is not None, event.at)):
        whose, teller = _life_of(event, by_id, by_pid), by_id.get(event.instance_id)
        if whose is not None:
            told.setdefault(whose.instance_id, []).append(event)
        else:
            _join(strangers.setdefault(teller.host_id if teller else None, []), event)
    found = [_joined(of_one, by_id[key], by_id[key].host_id) for key, of_one in told.items()]
    return found + [_joined(of_one, None, host) for host, groups in strangers.items() for of_one in groups]


def _life_of(
    event: Happening, by_id: Mapping[int, Life], by_pid: Mapping[tuple[int | None, int], list[Life]]
) -> Life | None:
    teller = by_id.get(event.instance_id)
    if event.pid is None or teller is None:
        return teller
    lived = [life for life in by_pid.get((teller.host_id, event.pid), ()) if began(life) <= event.at + SAME_END]
    # A process id comes again after a while: the youngest that had it by then.
    return max(lived, key=began, default=None)


def _join(strangers: list[list[Happening]], event: Happening) -> None:
    """What is told of the same process without a life, on one machine, stands together."""
    of = (event.pid, event.instance_id) if event.pid is None else event.pid
    for group in strangers:
        first = group[0]
        same = (first.pid, first.instance_id) if first.pid is None else first.pid
        if same == of and abs(first.at - event.at) < SAME_END:
            group.append(event)
            return
    strangers.append([event])


def _joined(told: list[Happening], life: Life | None, host_id: int | None) -> End:
    """The reason of whoever has one; of code and signal the last word, since the kernel's comes after all others."""
    ordered = sorted(told, key=lambda event: event.at)
    reasons = [event for event in ordered if event.cause in (*ERRORS, Cause.OUT_OF_WORK)]
    knows = reasons[0] if reasons else ordered[0]
    signal = next((event.signal for event in reversed(ordered) if event.signal), "")
    codes = [event.exit_code for event in ordered if event.exit_code is not None]
    return End(
        at=ordered[0].at,
        life=life,
        pid=ordered[-1].pid or (life.pid if life else 0),
        cause=knows.cause,
        exit_code=codes[-1] if codes and not signal else None,
        signal=signal,
        exception=knows.exception,
        function=knows.function,
        file=knows.file,
        line=knows.line,
        host_id=host_id,
        active=next((event.active for event in ordered if event.active is not None), None),
    )
