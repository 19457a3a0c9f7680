"""What garbage collection does to one loop: how often it pauses it, and how many of its blocks are such pauses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from advisor.features import places, quick, routes, stats
from advisor.features.dispersion import dispersion
from advisor.features.memo import remembered
from advisor.features.process import (
    MINUTE,
    OF_COLLECTIONS,
    OF_CPU,
    OF_LOOP,
    Process,
    busy_of,
    collecting,
    cpu_main_of,
    resolution_of,
)
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span, Sums, rows, sums, sums_of_pieces

_TIMES: Final = ("gc_major", "gc_minor", "gc_other")

EXPLAINED: Final = 0.5
"""A block is a collection if a pause in the same sample is at least this share of it (decision model C6)."""

MANY: Final = 20
"""Requests of a minute at least: twice as long is nearer to chance than what other rules look for."""

CERTAIN: Final = 36.0
"""Requests of a minute for each 1 of their squared variation, so that half the mean is three deviations away."""


def major_share(process: Process, seconds: float) -> float:
    """The share of all collection time that major collections took, 0 to 1; NaN without any."""
    times = [process.sums(seconds).total(name) for name in _TIMES]
    whole = stats.known_sum(times)
    return stats.known_sum([0.0, times[0]]) / whole if whole > 0 else math.nan


@remembered
def paused_minutes(process: Process, seconds: float) -> list[float]:
    """The longest pause of each whole (scaled) minute in which one is told, oldest first."""
    longest = stats.peaks(process.track, "gc_pause_max", process.span(seconds), MINUTE / process.time_scale)
    return [pause for pause in longest if not math.isnan(pause)]


@remembered
def explained(process: Process, seconds: float, least: float) -> float:
    """The share of the time in blocks of `least` seconds or more that pauses explain, 0 to 1.

    Sample by sample: the longest pause against the longest block. 0 where nothing blocked that long, NaN where pauses
    or delays are not told.
    """
    where = rows(process.track, process.span(seconds))
    delays, pauses = (process.track.values.get(name) for name in ("loop_delay_max", "gc_pause_max"))
    if delays is None or pauses is None:
        return math.nan
    told = stats.latest(process.track, "loop_resolution", process.span(seconds))
    blocks = delays[where] - resolution_of(told)
    long = blocks >= least
    if not long.any():
        return 0.0
    mine = long & (pauses[where] >= EXPLAINED * blocks)
    return float(blocks[mine].sum() / blocks[long].sum())


def blamed(snapshot: Snapshot, process: Process, seconds: float, least: float) -> float:
    """The share of the time in blocks that collections made, 0 to 1; NaN where nobody tells.

    What a thread saw while the loop stood still is better than samples that happen to agree (`explained`).
    """
    told = places.collected(snapshot, seconds, process.instance.id)
    return explained(process, seconds, least) if math.isnan(told) else told


@dataclass(frozen=True, slots=True)
class Slowed:
    """Requests that take longer since collections take more.

    Attributes:
        route: the name of the route that takes most of the time of requests.
        quick: seconds that its requests took on the mean in its quickest minute that can be compared.
        now: the same now.
        longer: how many times as long, without what a loop that is fuller by itself makes of it.
    """

    route: str
    quick: float
    now: float
    longer: float


def slowed(process: Process, seconds: float, load: float, more: float) -> Slowed | None:
    """The busiest route of a process now and in its quickest minute of all that is told; None where none compares.

    One does in which the process had at least 1/`load` of the present requests, and collections at most 1/`more` of
    their present share.
    """
    route = next(iter(routes.table([process], seconds)), None)
    if route is None:
        return None
    track, span, minute = route.where[0][0], Span(process.began, process.now), MINUTE / process.time_scale
    now, recent = (quick.mean(sums(track, process.span(length))) for length in (seconds, MINUTE))
    now = now if math.isnan(recent) else min(now, recent)
    told = sums_of_pieces(process.track, ("requests", *OF_LOOP, *OF_CPU, *OF_COLLECTIONS), span, minute)
    rate, collects = process.requests(seconds), min(process.gc_share(seconds), process.gc_share(MINUTE))
    means = quick.means(track, span, minute, max(MANY, CERTAIN * dispersion(route.latency)))
    alike = [
        (mean, then)
        for mean, then in zip(means, told, strict=True)
        if mean > 0 and load * then.rate("requests") >= rate and more * collecting(then) <= collects
    ]
    if not alike:
        return None
    least, then = min(alike, key=lambda pair: pair[0])
    fuller = _room(then) / max(1e-9, 1 - process.loop(seconds) + collects)
    return Slowed(route.name, least, now, now / least / max(fuller, 1.0))  # in this order NaN stays


def _room(then: Sums) -> float:
    """What code leaves of a loop, by the CPU time of its thread where nobody measures it.

    Requests wait in proportion to its inverse.
    """
    measured = busy_of(then)
    busy = cpu_main_of(then) if math.isnan(measured) else measured
    return 1 - busy + collecting(then)
