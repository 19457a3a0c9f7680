"""The raw material of a judgement: one service's rows over one span of time, as arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from advisor.features.histogram import Histogram
from advisor.features.memo import kept
from advisor.vocabulary import PartKind

Array = NDArray[np.float64]

MISSED: Final = 10
LATE: Final = 100.0
FEW: Final = 3
"""So many usual intervals without a row, and nobody sends any more; where these are longer than so many seconds, as
many seconds, and three intervals at least: an SDK sends once a minute, and one export that is lost is no end."""


@dataclass(frozen=True)
class Track:
    """The rows of one instance, host or part, oldest first. Figures never change, so what was computed stays true.

    Attributes:
        times: Unix seconds in server time, shape (n,).
        spans: seconds that each row covers, shape (n,); increases divided by it are rates.
        values: column -> shape (n,), NaN where a row has no figure. Columns that no row has are absent.
        latencies: row index -> its distribution, for rows that have one.
        lows: as `values`, the smallest figure within each row; only levels in recalled rows have one.
        highs: as `lows`, the greatest.
        covered: seconds that an increase was really told of in each row; only increases in recalled rows have it.
    """

    times: Array
    spans: Array
    values: Mapping[str, Array]
    latencies: Mapping[int, Histogram] = field(default_factory=dict)
    lows: Mapping[str, Array] = field(default_factory=dict)
    highs: Mapping[str, Array] = field(default_factory=dict)
    covered: Mapping[str, Array] = field(default_factory=dict)

    @kept
    def step(self) -> float:
        """Usual seconds from one row to the next (the median); 0 with fewer than two."""
        steps = self.times[1:] - self.times[:-1]
        steps.sort()
        return float(steps[steps.size // 2]) if steps.size else 0.0

    @property
    def patience(self) -> float:
        """Seconds without a row after which nobody sends any more."""
        return max(min(MISSED * self.step, LATE), FEW * self.step)

    def came(self, column: str) -> Array:
        """What was told of an increase in each row, NaN where nothing was.

        Recalled rows hold its rate over all of their time, also those in which a process began or ended.
        """
        figures = self.values.get(column, np.full(self.times.size, math.nan))
        covered = self.covered.get(column)
        return figures if covered is None else figures * (covered / self.spans)


@dataclass(frozen=True, slots=True)
class PartWindow:
    """One part of a process or a host, such as a route or a disk."""

    kind: PartKind
    name: str
    track: Track


class _Whole:
    """What has parts."""

    __slots__ = ()
    parts: tuple[PartWindow, ...]

    def of_kind(self, *kinds: PartKind) -> list[PartWindow]:
        """Its parts of these kinds."""
        return [part for part in self.parts if part.kind in kinds]


@dataclass(frozen=True, slots=True)
class InstanceWindow(_Whole):
    """One process of the service.

    `role` is single, primary or worker; `started` is Unix seconds; `script` is the path that Node.js was
    started with, empty where it is not known; `worker` is its number in a cluster, None where it has none;
    `runtime` is its `process.runtime.name`, `version` the `service.version` that it runs; `container` is the id of its
    container, empty outside of one.
    """

    id: int
    host_id: int | None
    pid: int
    role: str
    started: float | None
    track: Track
    parts: tuple[PartWindow, ...] = ()
    script: str = ""
    worker: int | None = None
    runtime: str = ""
    version: str = ""
    container: str = ""


@dataclass(frozen=True, slots=True)
class HostWindow(_Whole):
    """One machine that the service runs on, with what all Node.js processes on it use.

    `loops` are the busy shares of the event loops of all processes on the host that report one,
    this service's included: instance id -> Track.
    """

    id: int
    name: str
    track: Track
    parts: tuple[PartWindow, ...] = ()
    loops: Mapping[int, Track] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened at one moment in one process; None and empty where nobody said.

    Attributes:
        name: of `vocabulary.events.EVENTS`.
        at: Unix seconds of the server's clock.
        instance_id: the process that tells.
        pid: another process that it is about: the child that a primary or an agent saw end.
        duration: seconds.
        share: 0 to 1.
        cause: of `vocabulary.events.Cause`.
        active: requests in flight as the process ended.
    """

    name: str
    at: float
    instance_id: int
    pid: int | None = None
    duration: float | None = None
    share: float | None = None
    cause: str = ""
    function: str = ""
    file: str = ""
    line: int | None = None
    exception: str = ""
    exit_code: int | None = None
    signal: str = ""
    active: int | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """One process of the service that lived in the last days, ended or not. Times are Unix seconds.

    `started` is None where nobody told; `seen_first` and `seen_last` are when it reported first and last.
    """

    instance_id: int
    host_id: int | None
    pid: int
    role: str
    version: str
    started: float | None
    seen_first: float
    seen_last: float


@dataclass(frozen=True, slots=True)
class ServiceWindow:
    """All that is known of one service from `start` to `end` (Unix seconds).

    Attributes:
        events: what happened in its processes over the last (scaled) day, oldest first.
        lives: its processes of the last (scaled) three days, by when they began.
        recalled: rule -> the longer past that the rule asked for by its `recall`, in rollups; absent in rounds
            in which the rule is not due.
        limits: rule or strategy -> limit -> the value that somebody set for this service.
        busiest: the work of its busiest hours of the last (scaled) week, in erlangs; NaN where it was not loaded.
    """

    service_id: int
    name: str
    start: float
    end: float
    instances: tuple[InstanceWindow, ...]
    hosts: tuple[HostWindow, ...]
    events: tuple[Happening, ...] = ()
    lives: tuple[Life, ...] = ()
    recalled: Mapping[str, ServiceWindow] = field(default_factory=dict)
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    busiest: float = math.nan

    def host(self, host_id: int | None) -> HostWindow | None:
        """One of its hosts; None if nobody tells of it."""
        return next((one for one in self.hosts if one.id == host_id), None)
