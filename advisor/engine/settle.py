"""What a known change forbids for a while: judging figures that have not settled, and taking it back at once (1.2)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from advisor.diagnosis import Condition, Option, Reading, Rejection, Ruling
from advisor.diagnosis.words import moment
from advisor.engine.registry import STRATEGIES
from advisor.features import Snapshot
from advisor.features.ends import began
from advisor.features.lives import CHANGED, Change, ChangeKind, changes, stops
from advisor.vocabulary import Family, Role, Severity

SETTLE: Final = 300.0
"""Scaled seconds after a change in which the rules that it disturbs wait, at least (decision model 1.2)."""

START_UPS: Final = 2.0
"""They also wait for this many times the longest start-up (decision model 1.2)."""

MOST: Final = 1800.0
"""Scaled seconds from the first start or end of a change, or of several in a row, after which rules speak again,
whatever still goes on: a change that does not end is how the service is."""

OPPOSITE: Final = 1800.0
"""Scaled seconds in which the opposite of a change of scale is not advised (decision model 1.2)."""

_CALLED: Final = {ChangeKind.DEPLOY: "the deploy", ChangeKind.SCALE: "the change of scale"}


@dataclass(frozen=True, slots=True)
class Freeze:
    """A change after which figures are not judged before `until` (Unix seconds)."""

    change: Change
    until: float

    @property
    def sentence(self) -> str:
        """What is waited for and why."""
        called = f"{_CALLED[self.change.kind]} at {moment(self.change.at)}"
        return f"Waits until {moment(self.until)} because of {called}: {self.change.what}."


def freeze(snapshot: Snapshot) -> Freeze | None:
    """The freeze that holds now; of several the one that lasts longest."""
    running = [found for found in _freezes(snapshot) if found.until > snapshot.now]
    return max(running, key=lambda found: found.until, default=None)


def _freezes(snapshot: Snapshot) -> Iterator[Freeze]:
    """Of each of the last changes; those that follow each other before figures settle are bound as one."""
    known = (change for change in changes(snapshot, 2 * MOST) if change.kind in CHANGED)
    settle, most = SETTLE / snapshot.time_scale, MOST / snapshot.time_scale
    first = ended = -math.inf
    for change in known:
        first = change.at if change.at - ended > settle else first
        ended = change.until
        wait = max(START_UPS * _start_up(snapshot, change), settle)
        yield Freeze(change, min(change.until + wait, first + most))


def _start_up(snapshot: Snapshot, change: Change) -> float:
    """Real seconds from the start of a process to its first answer, the longest of the change's; 0 if not known.

    Of one that began before the window nobody knows it: the first answer that is shown came long after the first.
    """
    found = [0.0]
    for instance in snapshot.window.instances:
        started, requests = instance.started, instance.track.values.get("requests")
        if started is None or requests is None or started < snapshot.window.start:
            continue
        if not change.at - 1 <= started <= change.until + 1:
            continue
        answered = instance.track.times[np.nan_to_num(requests) > 0]
        found += [float(answered[0]) - started] if answered.size else []
    return max(found)


def frozen(reading: Reading, wait: Freeze) -> Reading:
    """The reading with its figures, but without an answer."""
    return replace(reading, condition=Condition.UNKNOWN, confidence=0.0, missing=(wait.sentence.rstrip("."),))


def without_opposites(
    snapshot: Snapshot, ruling: Ruling, options: Iterable[Option]
) -> tuple[list[Option], list[Rejection]]:
    """The options that may be advised so soon after a change of scale, and the others as rejections.

    Trouble that is critical may be answered with more copies also after a step down: users are hurt meanwhile.
    """
    less, more = _barred(snapshot)
    if ruling.reading.severity is Severity.CRITICAL:
        more = ""
    kept: list[Option] = []
    turned_down: list[Rejection] = []
    for option in options:
        reason = less if option.family is Family.SHRINK else more if option.adds_copies else ""
        if reason:
            turned_down.append(STRATEGIES[option.id].reject(reason))
        else:
            kept.append(option)
    return kept, turned_down


def _barred(snapshot: Snapshot) -> tuple[str, str]:
    """Why fewer and why more copies may not be advised now; empty where they may."""
    less = more = ""
    for change in changes(snapshot, OPPOSITE):
        grown = _grown(snapshot, change) if change.kind is ChangeKind.SCALE else 0
        until = moment(change.until + OPPOSITE / snapshot.time_scale)
        reason = f"It was scaled at {moment(change.at)}, {change.what}; the opposite waits until {until}."
        less = reason if grown > 0 else less
        more = reason if grown < 0 else more
    return less, more


def _grown(snapshot: Snapshot, change: Change) -> int:
    """By how many processes the service grew; below 0 where it shrank."""
    started = [life for life in snapshot.window.lives if change.at <= began(life) <= change.until]
    ended = [end.life for end in stops(snapshot, change) if end.life is not None]
    return sum(life.role != Role.PRIMARY for life in started) - sum(life.role != Role.PRIMARY for life in ended)
