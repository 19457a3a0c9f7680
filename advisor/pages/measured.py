"""Figures of the last minute out of the rows of processes and their parts; None where nothing is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from advisor.features.histogram import Histogram
from advisor.features.window import InstanceWindow, PartWindow, ServiceWindow, Track
from advisor.vocabulary import PartKind

SECONDS = 60.0
"""The span that "now" means. SDKs send each 60 s, so a shorter one would often be empty."""

_FRESH = 0.9
"""The share of a row's span for which it holds: one that is older would have been followed by another."""


def busy(track: Track) -> float | None:
    """The share of time that an event loop was busy, 0 to 1: from its times, else from the gauge."""
    active, idle = total(track, "loop_active"), total(track, "loop_idle")
    if active is not None and idle is not None and active + idle > 0:
        return active / (active + idle)
    return mean(track, "loop_utilization")


def p95(tracks: Iterable[Track]) -> float | None:
    """The 95th percentile in seconds of all that these rows timed, together."""
    found = [histogram for track in tracks for histogram in track.latencies.values()]
    value = Histogram.merge(*found).quantile(0.95) if found else float("nan")
    return None if np.isnan(value) else value


def total(track: Track, name: str) -> float | None:
    """The sum of an increase."""
    values = track.values.get(name)
    return None if values is None or np.isnan(values).all() else float(np.nansum(values))


def mean(track: Track, name: str) -> float | None:
    """The mean of a level."""
    values = track.values.get(name)
    return None if values is None or np.isnan(values).all() else float(np.nanmean(values))


def rate(track: Track, name: str) -> float | None:
    """The increase per second of the rows that have a figure and say what span it covers."""
    values = track.values.get(name)
    if values is None:
        return None
    known = ~np.isnan(values) & (track.spans > 0)
    seconds = float(track.spans[known].sum())
    return float(values[known].sum()) / seconds if seconds > 0 else None


def last(track: Track, name: str) -> float | None:
    """The newest known level."""
    values = track.values.get(name, np.empty(0))
    known = values[~np.isnan(values)]
    return float(known[-1]) if known.size else None


def known_sum(figures: Iterable[float | None]) -> float | None:
    """The sum of what is known."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def parts(window: ServiceWindow, *kinds: PartKind) -> dict[tuple[PartKind, str], list[PartWindow]]:
    """The parts of these kinds by kind and name, each over all processes."""
    found: dict[tuple[PartKind, str], list[PartWindow]] = defaultdict(list)
    for instance in window.instances:
        for part in instance.of_kind(*kinds):
            found[part.kind, part.name].append(part)
    return found


def present(instance: InstanceWindow, kind: PartKind) -> Iterator[PartWindow]:
    """The parts that a process still has: what its newest snapshots leave out is gone, and its levels with it."""
    found = [part for part in instance.of_kind(kind) if part.track.times.size]
    newest = max((float(part.track.times[-1]) for part in found), default=0.0)
    return (part for part in found if newest - part.track.times[-1] <= _FRESH * part.track.spans[-1])
