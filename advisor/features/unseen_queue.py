"""Requests that queue before a call for something that nobody tells of: a pool of connections, a limit, a lock.

What is told of such a queue is its two ends. Calls are under way without a pause, as many as are let through (Little's
law), and requests take longer and longer while neither the loop nor the calls take their time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from advisor.features import stats
from advisor.features.parts import Destination
from advisor.features.process import MINUTE
from advisor.features.routes import Route
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Span, Sums, sums_of_pieces
from advisor.vocabulary import PartKind

FEW: Final = 20
"""Requests of a minute below which its mean says nothing."""


@dataclass(frozen=True, slots=True)
class UnseenQueue:
    """What is seen around it.

    Attributes:
        called: what the calls behind it lead to.
        route: the name of the route that takes most of the time of requests.
        waiting: share of the time of requests that is neither work of the loop nor in calls, 0 to 1.
        flight: calls under way at a time in the quietest minute, in the process where they are most.
        quick: seconds that a request of the route took on the mean in its quickest minute of all that is told.
        now: the same now.
    """

    called: Destination
    route: str
    waiting: float
    flight: float
    quick: float
    now: float

    @property
    def longer(self) -> float:
        """How many times as long as in the quickest minute a request takes now."""
        return self.now / self.quick


def unseen_queue(snapshot: Snapshot, called: tuple[Destination, ...], seconds: float) -> UnseenQueue | None:
    """The queue before the calls that most are under way of, over the last (scaled) seconds; None if nothing tells."""
    mean, route = snapshot.latency(seconds).mean, next(iter(snapshot.routes(seconds)), None)
    if not called or route is None or not mean > 0:
        return None
    quick = min(_means(snapshot, route), default=math.nan)
    if not quick > 0:
        return None
    explained = snapshot.service_time(seconds) / mean + sum(one.share for one in called)
    flights = {one: _flight(snapshot, one, seconds) for one in called}
    first = max(called, key=lambda one: flights[one])
    return UnseenQueue(first, route.name, 1 - explained, flights[first], quick, _now(route))


def _means(snapshot: Snapshot, route: Route) -> list[float]:
    """The mean time of its requests in each minute that has enough of them, in any one process."""
    whole, width = Span(snapshot.window.start, snapshot.now), MINUTE / snapshot.time_scale
    told = [sums_of_pieces(track, ("count", "duration"), whole, width) for track, _ in route.where]
    enough = [piece for pieces in told for piece in pieces if piece.total("count") >= FEW]
    return [piece.total("duration") / piece.total("count") for piece in enough]


def _now(route: Route) -> float:
    time = stats.known_sum([stats.total(track, "duration", span) for track, span in route.where])
    return time / route.count


def _flight(snapshot: Snapshot, called: Destination, seconds: float) -> float:
    """The time of calls over the time of the clock; in one process, for a pool is of one."""
    kind, width = PartKind.DATABASE if called.is_database else PartKind.DESTINATION, MINUTE / snapshot.time_scale
    told = [
        sums_of_pieces(part.track, ("duration",), process.span(seconds), width)
        for process in snapshot.processes
        for part in process.instance.of_kind(kind)
        if part.name == called.name
    ]
    return stats.highest([_least(pieces) for pieces in told])


def _least(pieces: list[Sums]) -> float:
    """The least of what is known; NaN where nothing is."""
    return min((rate for piece in pieces if not math.isnan(rate := piece.rate("duration"))), default=math.nan)
