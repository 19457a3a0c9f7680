"""Which routes a service's time goes to."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from advisor.features import stats
from advisor.features.histogram import Histogram
from advisor.features.memo import kept
from advisor.features.process import Process
from advisor.features.sums import Span
from advisor.features.window import Track
from advisor.vocabulary import PartKind


@dataclass(frozen=True)
class Route:
    """One route over one span, all processes together.

    Attributes:
        name: method and route.
        count: requests answered.
        rate: requests per second.
        time_share: its share of all request time, 0 to 1. It stands for its share of the loop's work
            as an estimate: time that a request waits for others counts as well.
        where: its rows in each process that has it, and the span of each.
    """

    name: str
    count: float
    rate: float
    time_share: float
    where: Sequence[tuple[Track, Span]] = field(repr=False, compare=False)

    @kept
    def latency(self) -> Histogram:
        """The durations of its requests; few ask for them, so they are put together when somebody does."""
        return Histogram.merge(*(stats.merged(track, span) for track, span in self.where))


def table(processes: Iterable[Process], seconds: float) -> tuple[Route, ...]:
    """The routes of these processes over the last (scaled) seconds, most time first."""
    found: dict[str, list[tuple[Track, Span]]] = defaultdict(list)
    for process in processes:
        for part in process.instance.of_kind(PartKind.ROUTE):
            found[part.name].append((part.track, process.span(seconds)))
    times = {name: _sum("duration", where) for name, where in found.items()}
    whole = sum(times.values())
    made = [_route(name, where, times[name] / whole if whole else 0.0) for name, where in found.items()]
    return tuple(sorted((route for route in made if route.count), key=lambda route: -route.time_share))


def _route(name: str, where: list[tuple[Track, Span]], time_share: float) -> Route:
    count = _sum("count", where)
    seconds = max(span.length for _, span in where)
    return Route(name, count, count / seconds if seconds else 0.0, time_share, where)


def _sum(column: str, where: list[tuple[Track, Span]]) -> float:
    return sum(figure for track, span in where if not math.isnan(figure := stats.total(track, column, span)))
