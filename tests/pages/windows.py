"""Windows of a service, as the store gives them, with the figures that a test chooses."""

from __future__ import annotations

from typing import Any

import numpy as np

from advisor.features.histogram import Histogram
from advisor.features.window import HostWindow, InstanceWindow, PartWindow, ServiceWindow, Track
from advisor.vocabulary import PartKind

SECONDS = 10.0
"""What every row covers."""


def track(**columns: list[float]) -> Track:
    length = len(next(iter(columns.values())))
    times = np.arange(length, dtype=np.float64) * SECONDS
    spans = np.full(length, SECONDS, dtype=np.float64)
    return Track(times, spans, {name: np.array(values) for name, values in columns.items()})


def latency(seconds: float) -> Histogram:
    return Histogram.from_explicit([seconds / 2, seconds * 2], [0, 100, 0], seconds * 100, seconds, seconds)


def timed(values: Track, seconds: float) -> Track:
    """The same rows, whose first one timed a hundred things of that length."""
    return Track(values.times, values.spans, values.values, {0: latency(seconds)})


def part(kind: PartKind, name: str, **columns: list[float]) -> PartWindow:
    return PartWindow(kind, name, track(**columns))


def process(*parts: PartWindow, pid: int = 42, values: Track | None = None, **more: Any) -> InstanceWindow:
    own = track(requests=[1.0]) if values is None else values
    return InstanceWindow(pid, 5, pid, more.pop("role", "single"), None, own, parts, **more)


def window(*instances: InstanceWindow) -> ServiceWindow:
    return ServiceWindow(1, "checkout", 0, 60, instances, (HostWindow(5, "web-01", track(cpu_user=[1.0])),))
