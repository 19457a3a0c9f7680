"""What became of a service's processes: deploys, changes of their number, restarts, and ends that nobody planned."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Final

from advisor.features.ends import End, began, ends
from advisor.features.memo import remembered
from advisor.features.snapshot import Snapshot
from advisor.features.window import Life
from advisor.vocabulary import Role

TOGETHER: Final = 300.0
"""Scaled seconds within which starts and ends belong to one change: a rolling deploy replaces one by one."""

QUIET: Final = 60.0
"""Scaled seconds without a start or an end after which a change that has replaced everything is over (judgement)."""

PASSING: Final = 120.0
"""Scaled seconds; a process that ends by itself within them, and orderly, was a script and no part of the service."""


class ChangeKind(StrEnum):
    """What kind of change to the processes."""

    DEPLOY = "deploy"
    SCALE = "scale"
    RESTART = "restart"


CHANGED: Final = (ChangeKind.DEPLOY, ChangeKind.SCALE)
"""The kinds that somebody meant to be: known changes (decision model 1.2)."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was done to the service's processes, after which its figures are others.

    Attributes:
        kind: another version (or, where no version is known, all processes replaced); another number of them;
            or the same again.
        at: Unix seconds, when the first process of it began or ended.
        what: in words.
        until: Unix seconds, when the last process of it began or ended.
        version: what runs afterwards; empty where nobody said.
        before: the version that ran before a deploy; empty where nobody said, or where several did.
        in_turn: True if each of several processes was replaced before the next one ended.
    """

    kind: ChangeKind
    at: float
    what: str
    until: float
    version: str = ""
    before: str = ""
    in_turn: bool = False


@remembered
def all_ends(snapshot: Snapshot) -> tuple[End, ...]:
    """Every end that the window tells of, oldest first."""
    return ends(snapshot.window, snapshot.now, snapshot.time_scale)


def changes(snapshot: Snapshot, seconds: float) -> tuple[Change, ...]:
    """What changed in the last (scaled) seconds, oldest first; at most the three days of which lives are told."""
    since = snapshot.now - seconds / snapshot.time_scale
    return tuple(change for change in _changes(snapshot) if change.until > since)


def unplanned(snapshot: Snapshot, seconds: float) -> tuple[End, ...]:
    """Ends of the last (scaled) seconds that nobody asked for, oldest first.

    Planned is what ends orderly, and what ends without an error while another version takes its place, or while one
    after the other is replaced: who did not end in time was killed. A process that fell silent tells nothing, and is
    not counted.
    """
    since = snapshot.now - seconds / snapshot.time_scale
    deploys = [change for change in _changes(snapshot) if change.kind is ChangeKind.DEPLOY or change.in_turn]
    return tuple(
        end
        for end in all_ends(snapshot)
        if end.told
        and end.at > since
        and not end.is_orderly
        and (end.is_error or not _replaced(end, deploys, TOGETHER / snapshot.time_scale))
    )


def stops(snapshot: Snapshot, change: Change) -> tuple[End, ...]:
    """The ends that belong to a change, oldest first: those within or near it, and nearer to no other."""
    return tuple(_stops(snapshot).get(change, ()))


@remembered
def _stops(snapshot: Snapshot) -> dict[Change, list[End]]:
    """Each end with the nearest change, if that is near: changes follow each other, so it is one of two."""
    known, found = _changes(snapshot), dict[Change, list[End]]()
    for end in all_ends(snapshot):
        place = bisect_left(known, end.at, key=lambda change: change.until)
        near = min(known[max(0, place - 1) : place + 1], key=lambda change: _apart(end, change), default=None)
        if near and _apart(end, near) * snapshot.time_scale <= TOGETHER:
            found.setdefault(near, []).append(end)
    return found


def _apart(end: End, change: Change) -> float:
    return max(0.0, change.at - end.at, end.at - change.until)


def slots(snapshot: Snapshot, found: Iterable[End]) -> tuple[tuple[End, ...], ...]:
    """These ends by the place in the service that the process had: each next process takes the place of one that ended.

    A process that lives on holds its place. Ends of processes that never reported stand in the place of their host.
    """
    found = tuple(found)
    chains = _chains(snapshot) if found else {}
    grouped: dict[int, list[End]] = {}
    for end in found:
        place = -1 if end.life is None else chains.get(end.life.instance_id, -1)
        grouped.setdefault(place, []).append(end)
    return tuple(tuple(group) for group in grouped.values())


@remembered
def _ended(snapshot: Snapshot) -> dict[int, End]:
    return {end.life.instance_id: end for end in all_ends(snapshot) if end.life is not None}


def _chains(snapshot: Snapshot) -> dict[int, int]:
    """Instance -> the number of its place."""
    ended = _ended(snapshot)
    free: list[tuple[float, Life, int]] = []
    places: dict[int, int] = {}
    for life in sorted(snapshot.window.lives, key=began):
        same = [one for one in free if one[0] <= began(life) + 1.0 and _alike(one[1], life)]
        taken = max(same, key=lambda one: one[0], default=None)
        if taken:
            free.remove(taken)
        places[life.instance_id] = taken[2] if taken else len(places)
        if life.instance_id in ended:
            free.append((ended[life.instance_id].at, life, places[life.instance_id]))
    return places


def _alike(one: Life, other: Life) -> bool:
    return one.host_id == other.host_id and one.role == other.role


def _replaced(end: End, deploys: Sequence[Change], slack: float) -> bool:
    """True if the process made room for another one: it may be stopped before that one begins."""
    version = end.life.version if end.life else ""
    return any(
        d.at - slack <= end.at <= d.until and (not version or version != d.version or d.in_turn) for d in deploys
    )


def _in_turn(burst: Sequence[_Moment], before: Sequence[Life]) -> bool:
    """True for several that were all replaced, at most one of them missing at a time: what kills them is not memory."""
    gone = {life.instance_id for _, life, starts in burst if not starts}
    if len(before) < 2 or gone != {life.instance_id for life in before}:
        return False
    missing = list(accumulate(-1 if starts else 1 for _, _, starts in burst))
    return max(missing) <= 1 and missing[-1] == 0


@remembered
def _changes(snapshot: Snapshot) -> tuple[Change, ...]:
    ended = _ended(snapshot)
    serving = [life for life in snapshot.window.lives if not _is_passing(life, ended, snapshot.time_scale)]
    moments = [*((began(life), life, True) for life in serving)]
    moments += [(ended[life.instance_id].at, life, False) for life in serving if life.instance_id in ended]
    found = []
    for burst in _bursts(sorted(moments, key=lambda moment: moment[0]), snapshot.time_scale):
        before = [
            life for life in serving
            if began(life) < burst[0][0]
            and not (life.instance_id in ended and ended[life.instance_id].at < burst[0][0])
        ]  # fmt: skip
        change = _change(burst, before or _last_ended(burst, serving), ended)
        if change:
            found.append(change)
    return tuple(found)


_Moment = tuple[float, Life, bool]


def _is_passing(life: Life, ended: dict[int, End], time_scale: float) -> bool:
    end = ended.get(life.instance_id)
    if life.role == Role.PRIMARY:
        return True
    return end is not None and end.is_orderly and end.at - began(life) < PASSING / time_scale


def _bursts(moments: Sequence[_Moment], time_scale: float) -> list[list[_Moment]]:
    found: list[list[_Moment]] = []
    before: set[int] = set()
    alive: set[int] = set()
    for moment in moments:
        at, life, starts = moment
        quiet = (at - found[-1][-1][0]) * time_scale if found else math.inf
        if quiet > TOGETHER or (quiet >= QUIET and _has_replaced(before, alive)):
            found.append([])
            before = set(alive)
        found[-1].append(moment)
        (alive.add if starts else alive.discard)(life.instance_id)
    return found


def _has_replaced(before: set[int], alive: set[int]) -> bool:
    """True if none of those before is left, and as many others have come."""
    return bool(before) and not before & alive and len(alive) == len(before)


def _last_ended(burst: Sequence[_Moment], serving: Sequence[Life]) -> list[Life]:
    """The newest of the processes that had ended before, where none was left."""
    earlier = [life for life in serving if began(life) < burst[0][0]]
    return earlier[-1:]


def _change(burst: Sequence[_Moment], before: Sequence[Life], ended: dict[int, End]) -> Change | None:
    """What a burst of starts and ends was; None for the first start of all, which changes nothing."""
    if not before:
        return None
    at, until = burst[0][0], burst[-1][0]
    started = [life for _, life, starts in burst if starts]
    gone = [life for _, life, starts in burst if not starts and life in before]
    version = next((life.version for life in reversed(started) if life.version), "")
    old = sorted({life.version for life in before if life.version})
    if version and old and version not in old:
        at = min(began(life) for life in started if life.version == version)
        what = f"version {version} took the place of {', '.join(old)}"
        return Change(ChangeKind.DEPLOY, at, what, until, version, old[0] if len(old) == 1 else "")
    now = len(before) + len(started) - sum(not starts for _, _, starts in burst)
    if now != len(before):
        return Change(ChangeKind.SCALE, at, f"from {len(before)} to {now} processes", until, version)
    if len(gone) == len(before) and not version and all(ended[life.instance_id].is_orderly for life in gone):
        what = f"all {len(before)} processes were replaced" if len(before) > 1 else "its process was replaced"
        return Change(ChangeKind.DEPLOY, at, what, until)
    what = f"{sum(not starts for _, _, starts in burst)} of {len(before)} processes began anew"
    return Change(ChangeKind.RESTART, at, what, until, version, in_turn=_in_turn(burst, before))
