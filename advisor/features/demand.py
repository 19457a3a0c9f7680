"""What a service needed over days: the work of all its processes by the hour, its peaks, and whether it grows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from advisor.features.snapshot import Snapshot
from advisor.features.window import Array, Track

HOUR: Final = 3600.0
DAY: Final = 86400.0
WEEK: Final = 7 * DAY

NEAR_PEAK: Final = 0.995
"""The quantile that stands for the peak (decision model C17, AWS Compute Optimizer)."""

SPIKE: Final = 0.95
"""The quantile of the highest moments of each hour: starts of processes and rare jobs are not the load."""


@dataclass(frozen=True, slots=True)
class Demand:
    """The past of one service, by the hour.

    Attributes:
        days: from the first hour to the last, in scaled days.
        complete: share of those hours that have figures, 0 to 1.
        work: near its peak, in erlangs: the sum of all loops' utilizations.
        spikes: the highest moments of an hour, all processes at once; NaN where only means are known.
        growth: the near-peak of the later half (or week) over that of the one before; NaN with less than two days.
        apart: scaled days between these two.
        measured: False where CPU time stands for the loop.
    """

    days: float
    complete: float
    work: float
    spikes: float
    growth: float
    apart: float
    measured: bool

    def in_time(self, days: float) -> float:
        """How many times as much it needs in so many scaled days, if it goes on to grow so; NaN if unknown."""
        return float(self.growth ** (days / self.apart))


NOTHING: Final = Demand(0.0, 0.0, math.nan, math.nan, math.nan, math.nan, True)


def demand(past: Snapshot) -> Demand:
    """What the processes in these hourly rows needed together, those that ended included.

    What was not reported counts as no work: those that lived for a part of an hour, old and new ones of a deploy side
    by side, add what they did.
    """
    scale = past.time_scale
    width = HOUR / scale
    sums: dict[int, float] = {}
    highs: dict[int, float] = {}
    measured = True
    for one in past.window.instances:
        figures, own = _work(one.track)
        measured = measured and own
        _add(sums, one.track, width, figures)
        if "loop_utilization" in one.track.highs:
            _add(highs, one.track, width, one.track.highs["loop_utilization"] * _lived(one.track))
    if not sums:
        return NOTHING
    hours = np.array(sorted(sums))
    work = np.array([sums[hour] for hour in hours]) / width
    spikes = np.array([highs[hour] for hour in hours if hour in highs]) / width
    days = (hours[-1] - hours[0] + 1) * HOUR / DAY
    return Demand(
        days=float(days),
        complete=hours.size / float(hours[-1] - hours[0] + 1),
        work=float(np.quantile(work, NEAR_PEAK)),
        spikes=float(np.quantile(spikes, SPIKE)) if spikes.size else math.nan,
        growth=_growth(hours, work),
        apart=_half(hours) * HOUR / DAY,
        measured=measured,
    )


_TIMED: Final = ("loop_active", "cpu_main", "cpu_user")


def _lived(track: Track) -> Array:
    """Seconds of each row in which anybody told of the process; all of them where that is not known."""
    told = [track.covered[name] for name in _TIMED if name in track.covered]
    found: Array = np.fmax.reduce(told) if told else track.spans
    return found


def _work(track: Track) -> tuple[Array, bool]:
    """Seconds of work in each row, and whether the loop itself was measured."""
    values = track.values
    if "loop_active" in values:
        return track.came("loop_active"), True
    if "loop_utilization" in values:
        return values["loop_utilization"] * _lived(track), True
    if "cpu_main" in values:
        return track.came("cpu_main"), False
    return track.came("cpu_user") + track.came("cpu_system"), False


def _add(sums: dict[int, float], track: Track, width: float, figures: Array) -> None:
    for hour, figure in zip(np.ceil(track.times / width - 1e-9), figures, strict=True):
        if not math.isnan(figure):
            sums[int(hour)] = sums.get(int(hour), 0.0) + float(figure)


def _growth(hours: Array, work: Array) -> float:
    """Week over week where there are two, else half over half."""
    half = _half(hours)
    if half * HOUR < DAY:
        return math.nan
    late = hours > hours[-1] - half
    before = (hours > hours[-1] - 2 * half) & ~late
    if not before.any() or not work[before].max() > 0:
        return math.nan
    return float(np.quantile(work[late], NEAR_PEAK) / np.quantile(work[before], NEAR_PEAK))


def _half(hours: Array) -> float:
    """Hours of each of the two parts that are compared."""
    return min(float(hours[-1] - hours[0] + 1) / 2, WEEK / HOUR)


def fullest(tracks: Mapping[str, Track], used: str, limit: str) -> float:
    """The near-peak of a share over all these tracks, the fullest of them; NaN where nobody tells."""
    shares = []
    for track in tracks.values():
        if used in track.values and limit in track.values:
            with np.errstate(divide="ignore", invalid="ignore"):
                share = track.values[used] / track.values[limit]
            known = share[np.isfinite(share)]
            if known.size:
                shares.append(float(np.quantile(known, NEAR_PEAK)))
    return max(shares, default=math.nan)


def quota_used(tracks: Mapping[str, Track]) -> float:
    """The near-peak of the processor time of a process, of the quota of its control group; NaN without one."""
    shares = []
    for track in tracks.values():
        if {"cpu_user", "cgroup_cpu_limit"} <= set(track.values):
            busy = track.values["cpu_user"] + np.nan_to_num(track.values.get("cpu_system", np.zeros(track.times.size)))
            with np.errstate(divide="ignore", invalid="ignore"):  # a row may cover no time
                share = busy / track.spans / track.values["cgroup_cpu_limit"]
            known = share[np.isfinite(share)]
            if known.size:
                shares.append(float(np.quantile(known, NEAR_PEAK)))
    return max(shares, default=math.nan)


def host_cpu(past: Snapshot) -> float:
    """The near-peak of the share of processor time in use, on the fullest host; NaN where nobody tells."""
    found = []
    for host in past.window.hosts:
        values = host.track.values
        if "cpu_idle" in values:
            busy = sum(
                np.nan_to_num(values[name]) for name in ("cpu_user", "cpu_system", "cpu_steal") if name in values
            )
            every = busy + values["cpu_idle"] + np.nan_to_num(values.get("cpu_iowait", np.zeros(host.track.times.size)))
            share = busy / np.where(every > 0, every, math.nan)
            if np.isfinite(share).any():
                found.append(float(np.nanquantile(share, NEAR_PEAK)))
    return max(found, default=math.nan)


def memory_used(past: Snapshot) -> float:
    """The near-peak of the share of memory that cannot be had, on the fullest host; NaN where nobody tells."""
    found = []
    for host in past.window.hosts:
        values = host.track.values
        if "memory_available" in values and "memory_limit" in values:
            share = 1 - values["memory_available"] / values["memory_limit"]
            if np.isfinite(share).any():
                found.append(float(np.nanquantile(share, NEAR_PEAK)))
    return max(found, default=math.nan)
