"""Where users wait longest: in all requests, or in the route that takes most of their time."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from advisor.features.histogram import Histogram
from advisor.features.snapshot import Snapshot, p95_of


class Slowest(NamedTuple):
    """Seconds within which 95% of requests are answered, and the route if they are those of one; else an empty name."""

    p95: float
    route: str


def slowest(snapshot: Snapshot, seconds: float, least: float) -> Slowest:
    """The service over the last (scaled) seconds, or the route that takes most time where that is slower.

    Who waits there is not helped by many quick requests of other routes. Routes cost most to look at, so they are left
    out where no request took `least` seconds.
    """
    whole = Slowest(snapshot.p95(seconds), "")
    if not snapshot.latency(seconds).quantile(1.0) >= least or not (table := snapshot.routes(seconds)):
        return whole
    own = p95_of(partial(_latency, snapshot, table[0].name), seconds)
    return whole if own <= whole.p95 or not own > 0 else Slowest(own, table[0].name)


def _latency(snapshot: Snapshot, route: str, seconds: float) -> Histogram:
    return next(one.latency for one in snapshot.routes(seconds) if one.name == route)
