"""What each service does now: the figures of a row of the fleet."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from advisor.features.window import Array
from advisor.store import samples
from advisor.store.samples import Latest


@dataclass(frozen=True, slots=True)
class Now:
    """The figures of a service's last minute, None where not known, and the course of two over the last half hour.

    `request_rate` is per second, `p95` in seconds, `loop_busy` (of the busiest process) a ratio of 0 to 1,
    `cores` the processor cores that all its processes use.
    """

    request_rate: float | None = None
    p95: float | None = None
    loop_busy: float | None = None
    cores: float | None = None
    request_rates: tuple[float | None, ...] = ()
    p95s: tuple[float | None, ...] = ()


def figures(service_ids: list[int]) -> dict[int, Now]:
    """The figures by service; the silent ones are left out. A number of queries that does not grow with them."""
    return {key: _now(found) for key, found in samples.latest(service_ids, time.time()).items()}


def _now(found: Latest) -> Now:
    known = found.now.get
    return Now(
        request_rate=known("requests"),
        p95=known("p95"),
        loop_busy=known("loop_busy"),
        cores=known("cpu_cores"),
        request_rates=_points(found.requests),
        p95s=_points(found.p95),
    )


def _points(values: Array) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(value) else float(value) for value in values)
