"""How full a filesystem is and how fast it fills, without what a rotation of logs removes again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from advisor.features import stats
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span
from advisor.features.window import Array, PartWindow, Track
from advisor.vocabulary import PartKind

HOUR: Final = 3600.0
DAY: Final = 86400.0

TREND: Final = 6 * HOUR
"""Scaled seconds over which the slope is taken (decision model C12, the node mixin's prediction)."""

SETTLED: Final = 3 * HOUR
"""With less data than this that slope says nothing: half of what it is taken over."""

LATELY: Final = (HOUR, 2 * HOUR, SETTLED)
"""Scaled seconds over which growth that began lately is seen. It counts as far ahead as it was seen, and no further."""

STEADY: Final = 0.9
"""Share of pairs of points that must grow for that: a job writes in pieces, a runaway log does not stop."""

REMOVED: Final = 0.8
"""A fall that takes away this share of what grew before is a rotation (decision model C12)."""

TOOTH: Final = 0.005
"""Growth below this share of the size is noise, not the tooth of a saw."""

OUTGROWN: Final = 1.25
"""A tooth that is this much higher than those before it says that the rotation has stopped."""

ALIKE: Final = 0.5
"""From this share of today's slope on, yesterday's at the same hours was the same daily work."""

INODES: Final = "inodes"
"""The resource of which each file takes one, however small it is."""

_FRESH: Final = 180.0


@dataclass(frozen=True, slots=True)
class Filling:
    """One resource of one filesystem, bytes or inodes.

    Attributes:
        host: the machine's name.
        mount: where it is mounted.
        what: "bytes" or "inodes".
        used: of `size`, now.
        slope: growth in a scaled second; NaN with too little past, negative where it empties.
        steady: share of pairs of points that grew, 0 to 1.
        rotates: True if something removes what grows.
    """

    host: str
    mount: str
    what: str
    used: float
    size: float
    slope: float = math.nan
    steady: float = 0.0
    rotates: bool = False

    @property
    def where(self) -> str:
        """The filesystem and its machine in words."""
        return f"{self.mount} on {self.host}"

    @property
    def share(self) -> float:
        """How full it is, 0 to 1."""
        return self.used / self.size

    @property
    def free(self) -> float:
        """The share that is left."""
        return max(0.0, 1 - self.share)

    @property
    def exhausted_in(self) -> float:
        """Scaled seconds until nothing is left; infinite where it does not grow, NaN where the past is not known."""
        if math.isnan(self.slope):
            return math.nan
        return max(0.0, self.size - self.used) / self.slope if self.slope > 0 else math.inf


def fillings(snapshot: Snapshot, past: Snapshot | None) -> tuple[Filling, ...]:
    """Bytes and inodes of every filesystem of the machines that the service runs on."""
    found = []
    for machine in snapshot.machines:
        if not snapshot.on(machine):
            continue
        for part in machine.host.of_kind(PartKind.DISK):
            before = _past_of(past, machine.id, part.name)
            found += [_filling(snapshot, machine.name, part, before, *names) for names in _RESOURCES]
    return tuple(one for one in found if one is not None)


_RESOURCES: Final = (("bytes", "used", "capacity"), (INODES, "inodes_used", "inodes"))


def _past_of(past: Snapshot | None, host_id: int, name: str) -> Track | None:
    if past is None:
        return None
    disks = (disk for host in past.window.hosts if host.id == host_id for disk in host.of_kind(PartKind.DISK))
    return next((disk.track for disk in disks if disk.name == name), None)


def _filling(
    snapshot: Snapshot, host: str, part: PartWindow, before: Track | None, what: str, used: str, size: str
) -> Filling | None:
    recent = Span(snapshot.now - _FRESH / snapshot.time_scale, snapshot.now)
    now, whole = stats.latest(part.track, used, recent), stats.latest(part.track, size, recent)
    if math.isnan(now) or not whole > 0:
        return None
    slope, steady, rotates = _growth(before, used, whole, whole - now, snapshot.time_scale)
    return Filling(host, part.name, what, now, whole, slope, steady, rotates)


def _growth(track: Track | None, column: str, size: float, left: float, time_scale: float) -> tuple[float, float, bool]:
    """Slope in a scaled second, how steady it is, and whether something rotates."""
    if track is None or column not in track.values:
        return math.nan, 0.0, False
    given = ~np.isnan(track.values[column])
    times, levels = track.times[given] * time_scale, track.values[column][given]
    bottoms = _bottoms(levels, TOOTH * size)
    rotates = bottoms.size > 0 and not _outgrown(levels, bottoms)
    lately = None if rotates else _lately(times, levels, left)
    if lately is not None:
        return (*lately, bool(bottoms.size))
    late = times >= times[-1] - TREND if times.size else np.empty(0, bool)
    if times.size < 2 or times[-1] - times[late][0] < SETTLED:
        return math.nan, 0.0, False
    slope, steady = theil_sen(times[late], levels[late])
    if rotates:
        return _between(times, levels, bottoms), steady, True
    return _daily(times, levels, slope, TREND), steady, bool(bottoms.size)


def _lately(times: Array, levels: Array, left: float) -> tuple[float, float] | None:
    """The slope of growth that would fill what is left in no more time than it was seen, and how steady it is."""
    for reach in LATELY:
        first = int(times.searchsorted(times[-1] - reach, side="right")) - 1 if times.size else -1
        if first < 0:
            return None  # nor is there a longer past
        slope, steady = theil_sen(times[first:], levels[first:])
        slope = _daily(times, levels, slope, reach)
        if steady >= STEADY and slope > 0 and left / slope <= reach:
            return slope, steady
    return None


def theil_sen(times: Array, levels: Array) -> tuple[float, float]:
    """The median slope of all pairs, and the share of pairs that grew: outliers move neither."""
    first, second = np.triu_indices(times.size, 1)
    slopes = (levels[second] - levels[first]) / (times[second] - times[first])
    return float(np.median(slopes)), float((slopes > 0).mean())


def _bottoms(levels: Array, least: float) -> Array:
    """The places of the lowest points after falls that took away most of what had grown before."""
    found: list[int] = []
    bottom = peak = 0
    for place in range(1, levels.size):
        if levels[place] > levels[peak]:
            peak = place
        grown = levels[peak] - levels[bottom]
        if grown >= least and levels[peak] - levels[place] >= REMOVED * grown:
            found.append(place)
            bottom = peak = place
        elif levels[place] < levels[bottom]:
            bottom = peak = place
            if found:
                found[-1] = place
    return np.array(found, int)


def _outgrown(levels: Array, bottoms: Array) -> bool:
    """True if what grew since the last fall is more than ever grew between two."""
    falls = [float(levels[a : b + 1].max() - levels[b]) for a, b in pairwise([0, *bottoms.tolist()])]
    return float(levels[bottoms[-1] :].max() - levels[bottoms[-1]]) > OUTGROWN * max(falls)


def _between(times: Array, levels: Array, bottoms: Array) -> float:
    """The slope from bottom to bottom: what rotations leave; from the beginning where there is one bottom only."""
    first = int(bottoms[0]) if bottoms.size > 1 else int(levels[: bottoms[0]].argmin())
    last = int(bottoms[-1])
    return float((levels[last] - levels[first]) / (times[last] - times[first]))


def _daily(times: Array, levels: Array, slope: float, reach: float) -> float:
    """The slope over a whole day, where yesterday the same hours grew much the same: nights count as well."""
    then = (times >= times[-1] - DAY - reach) & (times <= times[-1] - DAY)
    if slope <= 0 or then.sum() < 2 or times[then][-1] - times[then][0] < reach / 2:
        return slope
    if theil_sen(times[then], levels[then])[0] < ALIKE * slope:
        return slope
    since = int(np.searchsorted(times, times[-1] - DAY))
    return float((levels[-1] - levels[since]) / (times[-1] - times[since]))
