"""What each service does now: the figures of a row of the fleet."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from advisor.features.histogram import Histogram
from advisor.features.window import HostWindow, ServiceWindow
from advisor.pages.processes import SECONDS, process_rows
from advisor.store import samples

_MODES = ("cpu_user", "cpu_system", "cpu_iowait", "cpu_steal", "cpu_idle")


@dataclass(frozen=True, slots=True)
class Now:
    """The newest figures of a service, None where not known, and the course of two of them over the last hour.

    `request_rate` is per second, `p95` in seconds, `loop_busy` (of the busiest process) and `host_cpu` (of the
    busiest host) are ratios.
    """

    request_rate: float | None = None
    p95: float | None = None
    loop_busy: float | None = None
    host_cpu: float | None = None
    request_rates: tuple[float | None, ...] = ()
    p95s: tuple[float | None, ...] = ()


def figures(service_ids: list[int]) -> dict[int, Now]:
    """The figures of the last minute, by service. A number of queries that does not grow with the services."""
    now = time.time()
    return {key: _now(window) for key, window in samples.windows(service_ids, now - SECONDS, now).items()}


def _now(window: ServiceWindow) -> Now:
    rows = process_rows(window)
    histograms = [one for instance in window.instances for one in instance.track.latencies.values()]
    p95 = Histogram.merge(*histograms).quantile(0.95) if histograms else None
    rates = [row.request_rate for row in rows if row.request_rate is not None]
    return Now(
        request_rate=sum(rates) if rates else None,
        p95=p95,
        loop_busy=max((row.loop_busy for row in rows if row.loop_busy is not None), default=None),
        host_cpu=max((share for host in window.hosts if (share := _busy(host)) is not None), default=None),
    )


def _busy(host: HostWindow) -> float | None:
    spent = {mode: float(np.nansum(host.track.values[mode])) for mode in _MODES if mode in host.track.values}
    total = sum(spent.values())
    return 1 - spent.get("cpu_idle", 0.0) / total if total > 0 else None
