"""What the ends that nobody planned have in common: how often, where, and of what."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from advisor.features import stats
from advisor.features.descriptors import NO_DESCRIPTOR
from advisor.features.ends import End
from advisor.features.heap import heap_limit
from advisor.features.kills import BEFORE, FULL, by_v8, full_lives
from advisor.features.lives import TOGETHER, Change, ChangeKind, all_ends, changes, slots, unplanned
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span
from advisor.features.window import InstanceWindow, PartWindow
from advisor.vocabulary import PartKind

DEPLOYS: Final = 86400.0
"""Scaled seconds back in which a deploy is looked for."""

KILLED: Final = 137
"""What a shell says of SIGKILL, by which the kernel ends a process."""

HOUR: Final = 3600.0

_FRESH: Final = 60.0


class Reason(StrEnum):
    """What ended the processes."""

    HEAP = "heap"
    KILLED = "killed"
    DESCRIPTORS = "descriptors"
    ERROR = "error"
    SIGNAL = "signal"
    CODE = "code"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Supervised:
    """What PM2 tells of the service's app; 0 where it tells nothing.

    Attributes:
        given_up: processes that it does not restart any more.
        unstable: restarts right after a start, of one process.
        restarts: restarts over the window that was asked for.
    """

    given_up: int = 0
    unstable: int = 0
    restarts: int = 0
    told: bool = False


@dataclass(frozen=True, slots=True)
class Crash:
    """The unplanned ends of one window.

    Attributes:
        ends: all of them, oldest first.
        worst: most of them in one place.
        places: the number of each place, most first.
        reason: what ended most of them; `typical` is the newest of those.
        share: of all of them, those with this reason, 0 to 1.
        is_full: True if the typical one was for want of memory: killed or ended by V8 with it in use.
        deploy: the deploy with which they began; None where they began before or long after.
        memory: bytes resident just before the typical end, NaN where not known.
        heap: share of the heap in use just before it, NaN where not known.
    """

    ends: tuple[End, ...]
    places: tuple[int, ...]
    reason: Reason
    typical: End | None
    share: float
    is_full: bool
    deploy: Change | None
    memory: float
    heap: float
    pm2: Supervised

    @property
    def worst(self) -> int:
        """Most ends in one place."""
        return max(self.places, default=0)

    @property
    def is_refused(self) -> bool:
        """True if the typical one was for want of a descriptor, and of no other error."""
        if self.reason is not Reason.DESCRIPTORS or self.typical is None:
            return False
        return not self.typical.exception or any(code in self.typical.exception for code in NO_DESCRIPTOR)


def crash(snapshot: Snapshot, seconds: float) -> Crash:
    """What ended unplanned in the last (scaled) seconds."""
    return _of(snapshot, unplanned(snapshot, seconds), seconds)


def repeated(snapshot: Snapshot, seconds: float) -> Crash:
    """The most ends of the last hour with one exception at one place, if it came in the last (scaled) seconds too."""
    alike: dict[tuple[str, str], list[End]] = {}
    for end in unplanned(snapshot, HOUR):
        if end.exception:
            alike.setdefault((end.exception, end.place), []).append(end)
    since = snapshot.now - seconds / snapshot.time_scale
    lasting = [tuple(group) for group in alike.values() if group[-1].at > since]
    return _of(snapshot, max(lasting, key=len, default=()), HOUR)


def _of(snapshot: Snapshot, found: tuple[End, ...], seconds: float) -> Crash:
    """What these ends of the last (scaled) seconds have in common."""
    reasons = [_reason(snapshot, end) for end in found]
    reason, count = Counter(reasons).most_common(1)[0] if reasons else (Reason.SUPERVISOR, 0)
    typical = found[-1 - reasons[::-1].index(reason)] if reasons else None
    return Crash(
        ends=found,
        places=tuple(sorted((len(group) for group in slots(snapshot, found)), reverse=True)),
        reason=reason,
        typical=typical,
        share=count / len(found) if found else 0.0,
        is_full=typical is not None and _is_full(snapshot, typical, seconds),
        deploy=_deploy(snapshot, found),
        memory=_last(snapshot, typical, "memory_rss"),
        heap=_heap(snapshot, typical),
        pm2=_supervised(snapshot, seconds),
    )


def is_told(snapshot: Snapshot, seconds: float) -> bool:
    """True if somebody tells how processes end: none ended in the last (scaled) seconds without a word."""
    since = snapshot.now - seconds / snapshot.time_scale
    recent = [end for end in all_ends(snapshot) if end.at > since]
    return any(end.told for end in recent) or not recent


def _reason(snapshot: Snapshot, end: End) -> Reason:
    full = _descriptors(snapshot, end) >= FULL
    if full or any(code in end.exception for code in NO_DESCRIPTOR):
        return Reason.DESCRIPTORS
    if by_v8(end):
        return Reason.HEAP
    if end.signal == "SIGKILL" or end.exit_code == KILLED:
        return Reason.KILLED
    if end.exception or end.cause:
        return Reason.ERROR if end.exception else Reason.CODE
    return Reason.SIGNAL if end.signal else Reason.CODE


def _is_full(snapshot: Snapshot, end: End, seconds: float) -> bool:
    return end.life is not None and end.life.instance_id in full_lives(snapshot, seconds, FULL)


def _last(snapshot: Snapshot, end: End | None, column: str) -> float:
    """The last figure of a process before it ended."""
    instance = _instance(snapshot, end)
    if instance is None or end is None:
        return math.nan
    return stats.latest(instance.track, column, _just_before(snapshot, end))


def _heap(snapshot: Snapshot, end: End | None) -> float:
    """The share of what its heap may take that was in use when a process ended."""
    instance = _instance(snapshot, end)
    if instance is None or end is None:
        return math.nan
    return _last(snapshot, end, "heap_used") / heap_limit(snapshot, instance, _just_before(snapshot, end))


def _descriptors(snapshot: Snapshot, end: End) -> float:
    """The share of its descriptors that was open then."""
    most = _last(snapshot, end, "fd_limit")
    return _last(snapshot, end, "fd_open") / most if most > 0 else math.nan


def _just_before(snapshot: Snapshot, end: End) -> Span:
    return Span(end.at - BEFORE / snapshot.time_scale, end.at + 1.0)


def _instance(snapshot: Snapshot, end: End | None) -> InstanceWindow | None:
    if end is None or end.life is None:
        return None
    key = end.life.instance_id
    return next((one for one in snapshot.window.instances if one.id == key), None)


def _deploy(snapshot: Snapshot, found: tuple[End, ...]) -> Change | None:
    """The last deploy, if nothing ended unplanned in as long a time before it as since then."""
    deploys = [change for change in changes(snapshot, DEPLOYS) if change.kind is ChangeKind.DEPLOY] if found else []
    if not deploys:
        return None
    last = deploys[-1]
    since = (snapshot.now - last.at) * snapshot.time_scale
    earlier = [end for end in unplanned(snapshot, 2 * since) if end.at < last.at]
    after = [end for end in unplanned(snapshot, since) if end.at >= last.at]
    began = bool(after) and after[0].at - last.at <= TOGETHER / snapshot.time_scale
    return last if began and not earlier else None


def _supervised(snapshot: Snapshot, seconds: float) -> Supervised:
    """The newest figures of the app of the service's name on each host that still reports."""
    apps = [
        part
        for host in snapshot.window.hosts
        for part in host.of_kind(PartKind.APP)
        if part.name == snapshot.name and part.track.times.size
    ]
    fresh = [part for part in apps if part.track.times[-1] >= snapshot.now - _FRESH / snapshot.time_scale]
    every = Span(-math.inf, snapshot.now)
    unstable = [stats.peak(one.track, "restarts_unstable", every) for one in snapshot.window.instances]
    return Supervised(
        given_up=sum(_newest(part, "errored") for part in fresh),
        unstable=int(max((count for count in unstable if not math.isnan(count)), default=0)),
        restarts=sum(
            _increase(part, Span(snapshot.now - seconds / snapshot.time_scale, snapshot.now)) for part in apps
        ),
        told=bool(fresh),
    )


def _newest(part: PartWindow, column: str) -> int:
    count = stats.latest(part.track, column, Span(-math.inf, math.inf))
    return 0 if math.isnan(count) else int(count)


def _increase(part: PartWindow, span: Span) -> int:
    counts, _ = stats.known(part.track, "restarts", span)
    return int(counts[-1] - counts[0]) if counts.size and counts[-1] > counts[0] else 0
