"""The course of a service or a host over a time range, as plain lists under the keys that charts name."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
from django.conf import settings
from django.http import HttpRequest

from advisor.features.window import Array
from advisor.store.samples import TimeSeries

RANGES = {
    "15m": (900, 5),
    "1h": (3600, 10),
    "6h": (21_600, 60),
    "24h": (86_400, 300),
    "7d": (604_800, 3600),
    "30d": (2_592_000, 7200),
}
"""Name of a time range -> its seconds, and the seconds that a point of a chart stands for: at most 360 points."""

_DIGITS = 4
_GRID_STEPS = 4
"""Steps of a line that make one column of the heat map, so that a column is wide enough to be seen."""

_TAIL_SECONDS = 180
"""A continuation reaches back at least this far, so that sources which send each 60 s have a newest value in it."""

PEAKS: Final = frozenset(
    {"loop_delay", "p95", "gc_pause_max", "gc_minor_max", "threadpool_wait", "accept_queue", "disk_full"}
)
"""Series whose thinned points show the worst of their step: its mean would hide what the chart is for."""


@dataclass(frozen=True, slots=True)
class Course:
    """A service or a host from `start` to `end`, Unix seconds.

    Attributes:
        since: where the points begin if they are a continuation, else None.
        times: the middle of each step, shape (n,).
        series: key -> values in the store's units, shape (n,), None in gaps; what is not known is left out.
        names: the processes that report an event loop.
        columns: the middle of each column of the heat map, shape (m,).
        grid: how busy each process was at its busiest, in the order of `names`, each of shape (m,).
    """

    start: float
    end: float
    since: float | None
    times: list[float]
    series: dict[str, list[float | None]]
    names: list[str]
    columns: list[float]
    grid: list[list[float | None]]

    def newest(self, key: str) -> float | None:
        """The last known value of a series."""
        return next((value for value in reversed(self.series.get(key, ())) if value is not None), None)


def chosen_range(request: HttpRequest) -> str:
    """The time range of the address; without one an hour, or 15 minutes where time runs faster."""
    name = request.GET.get("range", "")
    return name if name in RANGES else "1h" if settings.TIME_SCALE == 1 else "15m"


Draw = Callable[[float, float, int, Collection[str]], TimeSeries]
"""Start and end in Unix seconds, the most points a line, and the lines whose peaks are wanted -> what is known."""


def course(draw: Draw, name: str, now: float, since: float | None = None) -> Course:
    """What `draw` knows over the range that ends now; with `since` only the steps from that moment on."""
    seconds, step = RANGES[name]
    column = step * _GRID_STEPS
    end = math.ceil(now / column) * column
    start = end - seconds
    first = start if since is None else max(start, math.floor(min(since, now - _TAIL_SECONDS) / column) * column)
    # Whole columns only, so that a continuation falls on the steps that are there already.
    found = draw(first, end, (end - first) // step + 1, PEAKS)
    past = int((found.times - found.step / 2 <= now).sum())
    curves = {key: curve.high if key in PEAKS else curve.value for key, curve in found.curves.items()}
    return Course(
        start=start,
        end=now,
        since=None if since is None else first,
        times=[float(at) for at in found.times[:past]],
        series={key: _plain(values[:past]) for key, values in curves.items()},
        names=[f"{loop.host or 'host not known'} {loop.pid}" for loop in found.loops],
        columns=[float(at) for at in found.times.reshape(-1, _GRID_STEPS).mean(axis=1)],
        grid=[_plain(np.fmax.reduce(loop.busy.reshape(-1, _GRID_STEPS), axis=1)) for loop in found.loops],
    )


def _plain(values: Array) -> list[float | None]:
    """Numbers that JSON can carry, short: NaN becomes None."""
    return [None if np.isnan(value) else float(f"{value:.{_DIGITS}g}") for value in values]
