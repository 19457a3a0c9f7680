"""The signals of one machine: how many cores there are, and how many are to be had."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from advisor.features import stats
from advisor.features.memo import kept, remembered
from advisor.features.process import loop_busy
from advisor.features.sums import Span, Sums, sums
from advisor.features.window import HostWindow, Track

BUSY_LOOP: Final = 0.5
"""A loop counts as busy from this utilization on: two of them fill one core."""

_BUSY = ("cpu_user", "cpu_system", "cpu_steal")
_EVERY = (*_BUSY, "cpu_idle", "cpu_iowait")


@dataclass(frozen=True)
class Machine:
    """One machine that runs processes of the service, as it was at `now`, its newest row. Unknown figures are NaN."""

    host: HostWindow
    now: float
    time_scale: float

    @property
    def id(self) -> int:
        """The key that processes refer to."""
        return self.host.id

    @property
    def name(self) -> str:
        """Its host name."""
        return self.host.name

    @kept
    def track(self) -> Track:
        """Its rows."""
        return self.host.track

    @remembered
    def span(self, seconds: float) -> Span:
        """The last (scaled) seconds."""
        return Span(self.now - seconds / self.time_scale, self.now)

    @kept
    def cores(self) -> float:
        """Cores that processes may use: what the quota leaves, else all logical processors."""
        whole = Span(-math.inf, self.now)
        told = [stats.latest(self.track, column, whole) for column in ("cpu_effective", "cpu_count")]
        return next((count for count in told if count > 0), math.nan)

    @remembered
    def cpu(self, seconds: float) -> float:
        """Share of all processor time not idle, 0 to 1; waiting for a disk leaves a core free."""
        return self._share(_BUSY, seconds)

    @remembered
    def steal(self, seconds: float) -> float:
        """Share of processor time that the hypervisor gave to others."""
        return self._share(("cpu_steal",), seconds)

    def _share(self, columns: tuple[str, ...], seconds: float) -> float:
        rates = self._rates(seconds)
        every = sum(rates.values()) if "cpu_idle" in rates else 0.0
        return sum([rates.get(column, 0.0) for column in columns]) / every if every else math.nan

    @remembered
    def _rates(self, seconds: float) -> dict[str, float]:
        found = self._sums(seconds)
        return {column: rate for column in _EVERY if not math.isnan(rate := found.rate(column))}

    @remembered
    def _sums(self, seconds: float) -> Sums:
        return sums(self.track, self.span(seconds))

    @remembered
    def throttled(self, seconds: float) -> float:
        """Share of quota periods in which the agent's cgroup was held back; 0 without a quota."""
        found = self._sums(seconds)
        periods = found.total("cpu_periods")
        return found.total("cpu_throttled") / periods if periods > 0 else 0.0

    @remembered
    def pressure(self, seconds: float) -> float:
        """Share of time in which some task waited for a processor."""
        return self._sums(seconds).level("pressure_cpu")

    def spare(self, seconds: float) -> float:
        """Cores not in use: cores x (1 - CPU)."""
        return self.cores * (1 - self.cpu(seconds))

    @remembered
    def busy_loops(self, seconds: float) -> int:
        """Event loops of all services on this machine that are busy at least half of the time."""
        span = self.span(seconds)
        return sum(loop_busy(track, span) >= BUSY_LOOP for track in self.host.loops.values())

    def coverage(self, seconds: float) -> float:
        """The share of expected points about the processors that came."""
        return stats.coverage(self.track, "cpu_idle", self.span(seconds))

    def memory_limit(self, seconds: float) -> float:
        """Bytes of memory that the machine has."""
        return self._sums(seconds).level("memory_limit")

    def memory_available(self, seconds: float) -> float:
        """Bytes of memory that processes could still take."""
        return self._sums(seconds).level("memory_available")
