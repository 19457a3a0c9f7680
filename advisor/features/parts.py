"""Figures of what a service calls and of the pools it calls through, over all its processes.

Calls that run beside each other count each: the time of calls may be more than that of the requests they serve.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from advisor.features import stats
from advisor.features.histogram import Histogram
from advisor.features.process import Process
from advisor.features.snapshot import ENOUGH_REQUESTS, Snapshot
from advisor.features.sums import Span
from advisor.features.window import PartWindow
from advisor.vocabulary import PartKind

_CALLED: Final = (PartKind.DESTINATION, PartKind.DATABASE)


@dataclass(frozen=True, slots=True)
class Destination:
    """One address that the service calls, over HTTP or by the client of a database.

    Attributes:
        name: its address and port, for a database with its system before.
        is_database: True for a database.
        share: seconds spent in its calls over seconds spent in requests; more than 1 where calls run beside each other.
        calls: calls for one request.
        mean: seconds of a call.
        before: the same in the span before this one; NaN where nobody called.
        failed: share of the calls that failed, 0 to 1.
    """

    name: str
    is_database: bool
    share: float
    calls: float
    mean: float
    before: float
    failed: float

    @property
    def kind(self) -> PartKind:
        """The kind of part that tells of it."""
        return PartKind.DATABASE if self.is_database else PartKind.DESTINATION


@dataclass(frozen=True, slots=True)
class Pool:
    """One pool of connections of one process. What is not reported is NaN.

    Attributes:
        name: system and address.
        process: what people call the process.
        used: connections at work, mean.
        capacity: the most that it opens.
        pending: requests that wait for a connection, mean.
        wait: seconds within which 95% of the requests for a connection got one; NaN for fewer than 200.
        rate: connections handed out a second.
        queued: seconds of waiting a second, which is also how many waited on the mean (Little's law).
    """

    name: str
    process: str
    used: float
    capacity: float
    pending: float
    wait: float
    rate: float
    queued: float

    @property
    def utilization(self) -> float:
        """Share of its connections at work, 0 to 1; NaN where it does not tell."""
        return self.used / self.capacity if self.capacity > 0 else math.nan

    @property
    def tells_waits(self) -> bool:
        """True if it reports who waits for a connection, or for how long: a full pool alone may be just right."""
        return self.pending >= 0 or self.wait >= 0

    @property
    def hold(self) -> float:
        """Seconds for which a request holds its connection, mean (Little's law); NaN where handouts are not told."""
        return _over(self.used, self.rate)

    @property
    def wanted(self) -> float:
        """Connections at work and waited for; a full pool may hide further demand, so it is at least this."""
        waiting = self.pending if self.pending >= 0 else self.queued
        return self.used + (waiting if waiting >= 0 else 0.0)


def destinations(snapshot: Snapshot, seconds: float) -> tuple[Destination, ...]:
    """All that the processes called in the last (scaled) seconds, the one that took most time first."""
    spent = stats.known_sum([stats.total(p.track, "request_time", p.span(seconds)) for p in snapshot.processes])
    requests = stats.known_sum([stats.total(p.track, "requests", p.span(seconds)) for p in snapshot.processes])
    names = {(part.kind, part.name): None for _, _, part in _parts(snapshot, seconds, *_CALLED)}
    found = [_destination(snapshot, seconds, kind, name, spent, requests) for kind, name in names]
    return tuple(sorted((one for one in found if one.mean >= 0), key=lambda one: (-one.share, one.name)))


def called_time(process: Process, seconds: float) -> float:
    """Seconds a second that a process spent in calls over the last (scaled) seconds; more than 1 where many run."""
    called = process.instance.of_kind(*_CALLED)
    return stats.known_sum([0.0, *(stats.rate(part.track, "duration", process.span(seconds)) for part in called)])


def pools(snapshot: Snapshot, seconds: float) -> tuple[Pool, ...]:
    """Every pool of every process, the fullest first; those that tell no capacity last."""
    found = [
        Pool(
            part.name,
            process.name,
            stats.level(part.track, "used", span),
            stats.latest(part.track, "capacity", span),
            stats.level(part.track, "pending", span),
            _p95(stats.merged(part.track, span)),
            stats.rate(part.track, "count", span),
            stats.rate(part.track, "duration", span),
        )
        for process, span, part in _parts(snapshot, seconds, PartKind.POOL)
    ]
    return tuple(sorted(found, key=lambda pool: (-pool.utilization if pool.utilization >= 0 else math.inf, pool.name)))


def total(snapshot: Snapshot, kind: PartKind, name: str, column: str, seconds: float, *, before: bool = False) -> float:
    """The increase of a column of a named part over all processes; NaN where nothing is known.

    With `before` it is that of as many seconds just before.
    """
    told = [(span, part) for _, span, part in _parts(snapshot, seconds, kind) if part.name == name]
    if before:
        told = [(Span(span.start - span.length, span.start), part) for span, part in told]
    return stats.known_sum([stats.total(part.track, column, span) for span, part in told])


def _destination(
    snapshot: Snapshot, seconds: float, kind: PartKind, name: str, spent: float, requests: float
) -> Destination:
    count, time, errors = (total(snapshot, kind, name, column, seconds) for column in ("count", "duration", "errors"))
    earlier, past = (total(snapshot, kind, name, column, seconds, before=True) for column in ("count", "duration"))
    return Destination(
        name=name,
        is_database=kind is PartKind.DATABASE,
        share=_over(time, spent),
        calls=_over(count, requests),
        mean=_over(time, count),
        before=_over(past, earlier),
        failed=_over(errors, count),
    )


def _over(part: float, whole: float) -> float:
    return part / whole if whole > 0 else math.nan


def _p95(waits: Histogram) -> float:
    return waits.quantile(0.95) if waits.count >= ENOUGH_REQUESTS else math.nan


def _parts(snapshot: Snapshot, seconds: float, *kinds: PartKind) -> Iterator[tuple[Process, Span, PartWindow]]:
    for process in snapshot.processes:
        for part in process.instance.of_kind(*kinds):
            yield process, process.span(seconds), part
