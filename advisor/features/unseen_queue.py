"""Requests that queue for something that nobody tells of: a pool of connections, a limit, a lock, a slow call.

What is told of such a wait is around it. Requests take much longer than in a quick minute of the same route while
neither the loop nor the calls that are told take that time. Where it is a queue before calls, these are under way
without a pause, as many as are let through (Little's law).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from advisor.features import stats
from advisor.features.parts import Destination
from advisor.features.process import MINUTE
from advisor.features.quick import quickest
from advisor.features.routes import Route
from advisor.features.snapshot import Snapshot
from advisor.features.sums import Sums, sums_of_pieces
from advisor.vocabulary import PartKind


@dataclass(frozen=True, slots=True)
class UnseenQueue:
    """What is seen around it.

    Attributes:
        called: where the calls lead that most are under way of; None where no calls are told.
        route: the name of the route that takes most of the time of requests.
        waiting: share of the time of requests that is neither work of the loop nor in calls, 0 to 1.
        flight: calls under way at a time in the quietest minute, in the process where they are most; NaN without calls.
        quick: seconds that a request of the route took on the mean in its quickest minute of all that is told.
        now: the same now.
        more: requests a second in each process that has the route, of those in that minute.
    """

    called: Destination | None
    route: str
    waiting: float
    flight: float
    quick: float
    now: float
    more: float

    @property
    def longer(self) -> float:
        """How many times as long as in the quickest minute a request takes now."""
        return self.now / self.quick


def unseen_queue(snapshot: Snapshot, called: tuple[Destination, ...], seconds: float) -> UnseenQueue | None:
    """What the requests of the last (scaled) seconds wait for, beside these calls; None if nothing tells."""
    mean, route = snapshot.latency(seconds).mean, next(iter(snapshot.routes(seconds)), None)
    if route is None or not mean > 0:
        return None
    quick = quickest(snapshot, (PartKind.ROUTE,), route.name)
    if not quick.mean > 0:
        return None
    explained = snapshot.service_time(seconds) / mean + sum(one.share for one in called)
    flights = {one: _flight(snapshot, one, seconds) for one in called}
    first = max(flights, key=lambda one: flights[one], default=None)
    flight = math.nan if first is None else flights[first]
    more = route.rate / len(route.where) / quick.rate
    return UnseenQueue(first, route.name, 1 - explained, flight, quick.mean, _now(route), more)


def _now(route: Route) -> float:
    time = stats.known_sum([stats.total(track, "duration", span) for track, span in route.where])
    return time / route.count


def _flight(snapshot: Snapshot, called: Destination, seconds: float) -> float:
    """The time of calls over the time of the clock; in one process, for a pool is of one."""
    width = MINUTE / snapshot.time_scale
    told = [
        sums_of_pieces(part.track, ("duration",), process.span(seconds), width)
        for process in snapshot.processes
        for part in process.instance.of_kind(called.kind)
        if part.name == called.name
    ]
    return stats.highest([_least(pieces) for pieces in told])


def _least(pieces: list[Sums]) -> float:
    """The least of what is known; NaN where nothing is."""
    return min((rate for piece in pieces if not math.isnan(rate := piece.rate("duration"))), default=math.nan)
