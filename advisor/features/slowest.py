"""Where users wait longest: in all requests, or in the route that takes most of their time."""

from __future__ import annotations

from typing import NamedTuple

from advisor.features.snapshot import ENOUGH_REQUESTS, WIDER, Snapshot


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
    own = _p95(snapshot, seconds, table[0].name)
    return whole if own <= whole.p95 or not own > 0 else Slowest(own, table[0].name)


def _p95(snapshot: Snapshot, seconds: float, route: str) -> float:
    """As `Snapshot.p95` of one route: of longer where few came, and no higher than that of the span itself; else 0."""
    told = ({one.name: one.latency for one in snapshot.routes(times * seconds)}[route] for times in WIDER)
    enough = next((latency for latency in told if latency.count >= ENOUGH_REQUESTS), None)
    lately = next(one.latency for one in snapshot.routes(seconds) if one.name == route)
    return 0.0 if enough is None else min(enough.quantile(0.95), lately.quantile(0.95))
