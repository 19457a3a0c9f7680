"""What each service does now: the figures of a row of the fleet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Now:
    """The newest figures of a service, None where not known, and the course of two of them over the last hour.

    `request_rate` is per second, `p95` in seconds, `loop_busy` (of the busiest process) and `host_cpu` are ratios.
    """

    request_rate: float | None = None
    p95: float | None = None
    loop_busy: float | None = None
    host_cpu: float | None = None
    request_rates: tuple[float | None, ...] = ()
    p95s: tuple[float | None, ...] = ()
