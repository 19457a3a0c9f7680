"""Days of healthy services, each with something that looks like trouble, and of services that leak.

Made from seeds, in columns as the store has them. They know the vocabulary and no rule: nothing here is
taken from a limit that some rule has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from advisor.features.window import Array

DAY = 86_400.0
HOUR = 3600.0
MB = 1e6


@dataclass(frozen=True)
class Shape:
    """What one service goes through.

    Attributes:
        rps: requests a second at the mean of a day, all processes together.
        swing: how far the day moves it, as a share of the mean.
        cost: seconds of the loop for a request.
        processes: how many serve.
        interval: seconds between two rows.
        probe: whether the processes report from inside.
        lost: share of rows that never came.
        skew: seconds by which the probe's clock is off.
        bursts: (hour of the day, minutes, further share of the loop) that come each day.
        weekday: the only day of the week on which they come, 0 = Thursday; None = each day.
        surges: (hour of the day, minutes, factor) by which the traffic is more, each day.
        crowd: share of the host's processors that others use, in bursts of two to four minutes, hourly.
        deploy: hour of the day at which all processes are replaced; None = never.
        overlap: seconds that old and new processes live beside each other; traffic moves in the middle of them.
        collection: share of time in garbage collection.
        sockets: WebSockets that are open at the height of the day.
        leak: bytes of heap an hour that are never freed.
        held: bytes of heap for each request a second of one process.
        lag: seconds over which the heap follows the traffic.
        fill: bytes that a cache takes over the first six hours of a process.
        logs: bytes of logs a day that are rotated away at midnight.
        doubled: the day from which the traffic is twice as much; None = never.
    """

    rps: float = 40.0
    swing: float = 0.4
    cost: float = 0.006
    processes: int = 1
    interval: float = 10.0
    probe: bool = True
    lost: float = 0.0
    skew: float = 0.0
    bursts: tuple[tuple[float, float, float], ...] = ()
    weekday: int | None = None
    surges: tuple[tuple[float, float, float], ...] = ()
    crowd: float = 0.0
    deploy: float | None = None
    overlap: float = 0.0
    collection: float = 0.01
    sockets: float = 0.0
    leak: float = 0.0
    held: float = 0.4 * MB
    lag: float = 0.0
    fill: float = 0.0
    logs: float = 0.0
    doubled: float | None = None

    def traffic(self, times: Array, draw: np.random.Generator) -> Array:
        """Requests a second of the whole service: a day, a week, and noise that lasts some minutes."""
        day = 1 + self.swing * np.sin(2 * np.pi * (times / DAY - 0.4))
        week = np.where(np.isin(times // DAY % 7, (2, 3)), 0.7, 1.0)  # 1970 began on a Thursday
        more = 1.0 if self.doubled is None else np.where(times - times[0] >= self.doubled * DAY, 2.0, 1.0)
        surge = 1 + sum(((factor - 1) * _within(times, at, length) for at, length, factor in self.surges), 0.0)
        return np.asarray(self.rps * day * week * more * surge * wander(times.size, 0.05, draw))

    def burst(self, times: Array) -> Array:
        """The further share of the loop that jobs take."""
        share = sum((height * _within(times, at, length) for at, length, height in self.bursts), np.zeros(times.size))
        return share if self.weekday is None else np.where(times // DAY % 7 == self.weekday, share, 0.0)

    def crowded(self, times: Array, draw: np.random.Generator) -> Array:
        """The share of the processors that neighbours take."""
        length = draw.uniform(120, 240, int(times[-1] // HOUR) + 2)[(times // HOUR).astype(int)]
        return np.where(times % HOUR < length, self.crowd, 0.02)


def _within(times: Array, hour: float, minutes: float) -> Array:
    """1 in these minutes from this hour of each day, else 0."""
    since = times % DAY / HOUR - hour
    return np.asarray((since >= 0) & (since < minutes / 60), dtype=float)


def wander(size: int, spread: float, draw: np.random.Generator, memory: float = 0.97) -> Array:
    """A factor around 1 that moves slowly, as traffic does."""
    steps = draw.normal(0, spread * np.sqrt(1 - memory**2), size)
    path = np.empty(size)
    level = 0.0
    for place, step in enumerate(steps):
        level = memory * level + step
        path[place] = level
    return np.exp(path)


def drawn(shape: Shape, seed: int) -> Shape:
    """The shape with the traffic of this seed, up to a third more or less."""
    return replace(shape, rps=shape.rps * np.random.default_rng(seed).uniform(0.7, 1.3))


HEALTHY: Mapping[str, Shape] = {
    "a mild day": Shape(),
    "a strong day": Shape(swing=0.8),
    "a cluster of four": Shape(processes=4, rps=180),
    "a job each night": Shape(bursts=((3.0, 4.0, 0.9),)),
    "a job each hour": Shape(bursts=tuple((hour, 1.5, 0.6) for hour in range(24))),
    "a deploy each day": Shape(processes=2, rps=80, deploy=14.0),
    "blue and green": Shape(processes=2, rps=80, deploy=14.0, overlap=1200.0),
    "a cache that fills": Shape(fill=180 * MB, deploy=6.0),
    "a heap that follows the day late": Shape(swing=0.6, held=3 * MB, lag=1800.0),
    "logs that are rotated": Shape(logs=6e9),
    "traffic that doubles within capacity": Shape(rps=25, doubled=1.0),
    "a load test each day": Shape(rps=20, surges=((10.0, 20.0, 3.0),)),
    "a batch each week": Shape(rps=0, bursts=((1.0, 240.0, 0.95),), weekday=6),
    "a batch on all processors": Shape(rps=0, processes=4, bursts=((1.0, 180.0, 0.95),), weekday=6),
    "much garbage within limits": Shape(collection=0.06),
    "2,000 idle sockets": Shape(sockets=2000.0, rps=15),
    "noisy neighbours": Shape(crowd=0.9),
    "hardly any traffic": Shape(rps=0.05, swing=0.9),
    "an agent alone": Shape(probe=False),
    "an SDK each minute, with gaps": Shape(interval=60.0, lost=0.05),
    "gaps and a clock that is off": Shape(lost=0.15, skew=30.0),
}
LEAKING: Mapping[str, Shape] = {
    "a leak of 10 MB an hour": Shape(leak=10 * MB),
    "a leak of 40 MB an hour": Shape(leak=40 * MB),
    "a leak behind a strong day": Shape(leak=15 * MB, swing=0.8),
}
