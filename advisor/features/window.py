"""The raw material of a judgement: one service's rows over one span of time, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from advisor.features.histogram import Histogram
from advisor.vocabulary import PartKind

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Track:
    """The rows of one instance, host or part, oldest first.

    Attributes:
        times: Unix seconds in server time, shape (n,).
        spans: seconds that each row covers, shape (n,); increases divided by it are rates.
        values: column -> shape (n,), NaN where a row has no figure. Columns that no row has are absent.
        latencies: row index -> its distribution, for rows that have one.
    """

    times: Array
    spans: Array
    values: Mapping[str, Array]
    latencies: Mapping[int, Histogram] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartWindow:
    """One part of a process or a host, such as a route or a disk."""

    kind: PartKind
    name: str
    track: Track


@dataclass(frozen=True, slots=True)
class InstanceWindow:
    """One process of the service.

    `role` is single, primary or worker; `started` is Unix seconds; `script` is the path that Node.js was
    started with, empty where it is not known; `worker` is its number in a cluster, None where it has none;
    `runtime` is its `process.runtime.name`.
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


@dataclass(frozen=True, slots=True)
class HostWindow:
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
class ServiceWindow:
    """All that is known of one service from `start` to `end` (Unix seconds)."""

    service_id: int
    name: str
    start: float
    end: float
    instances: tuple[InstanceWindow, ...]
    hosts: tuple[HostWindow, ...]
