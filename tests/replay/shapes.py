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
        crowd: share of the host's processors that others use, in bursts of two to four minutes, hourly.
        deploy: hour of the day at which all processes are replaced; None = never.
        collection: share of time in garbage collection.
        sockets: WebSockets that are open at the height of the day.
        leak: bytes of heap an hour that are never freed.
        fill: bytes that a cache takes over its first six hours.
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
    crowd: float = 0.0
    deploy: float | None = None
    collection: float = 0.01
    sockets: float = 0.0
    leak: float = 0.0
    fill: float = 0.0
    logs: float = 0.0
    doubled: float | None = None

    def traffic(self, times: Array, draw: np.random.Generator) -> Array:
        """Requests a second of the whole service: a day, a week, and noise that lasts some minutes."""
        day = 1 + self.swing * np.sin(2 * np.pi * (times / DAY - 0.4))
        week = np.where(np.isin(times // DAY % 7, (2, 3)), 0.7, 1.0)  # 1970 began on a Thursday
        more = 1.0 if self.doubled is None else np.where(times - times[0] >= self.doubled * DAY, 2.0, 1.0)
        return np.asarray(self.rps * day * week * more * wander(times.size, 0.05, draw))

    def burst(self, times: Array) -> Array:
        """The further share of the loop that daily jobs take."""
        hours = times % DAY / HOUR
        share = np.zeros(times.size)
        for hour, minutes, height in self.bursts:
            share += np.where((hours >= hour) & (hours < hour + minutes / 60), height, 0.0)
        return share

    def crowded(self, times: Array, draw: np.random.Generator) -> Array:
        """The share of the processors that neighbours take."""
        length = draw.uniform(120, 240, int(times[-1] // HOUR) + 2)[(times // HOUR).astype(int)]
        return np.where(times % HOUR < length, self.crowd, 0.02)


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
    "a job each night": Shape(bursts=((3.0, 3.0, 0.7),)),
    "a job each hour": Shape(bursts=tuple((hour, 1.5, 0.6) for hour in range(24))),
    "a deploy each day": Shape(processes=2, rps=80, deploy=14.0),
    "a cache that fills": Shape(fill=180 * MB),
    "logs that are rotated": Shape(logs=6e9),
    "traffic that doubles within capacity": Shape(rps=35, doubled=3.0),
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
