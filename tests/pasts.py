"""The longer past of a built snapshot: days of one life, with a load that follows the hours of the day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from advisor.features import InstanceWindow, ServiceWindow, Snapshot, Track
from advisor.features.window import Array
from tests.additions import with_figures, with_recalled
from tests.builders import NOW, Load, snapshot

HOUR = 3600.0

Level = Callable[[Array], Array]
"""A level by the hours that the life has lasted; hours and rows are those of the decision model."""


@dataclass(frozen=True)
class Past:
    """One life.

    Attributes:
        hours: how long it has lasted.
        step: seconds that a row stands for.
        levels: column -> its course.
        rps: requests a second, the mean over a day; None where nobody counts them.
        swing: how much of that the load goes up and down over a day, 0 to 1.
        begins: the hour of the day at its start; the load is least at hour 18 and greatest at hour 6.
        noise: of each level, as a share of it.
        version: that it runs.
    """

    hours: float
    step: float
    levels: dict[str, Level]
    rps: float | None = 50.0
    swing: float = 0.0
    begins: float = 7.0
    noise: float = 0.005
    version: str = ""

    def rows(self, seed: int, scale: float) -> Track:
        """Its rows up to now; a time scale lets the same course pass faster."""
        draw = np.random.default_rng(seed)
        hours = np.arange(self.step, self.hours * HOUR + self.step / 2, self.step) / HOUR
        values = {
            name: level(hours) * (1 + draw.normal(0, self.noise, hours.size)) for name, level in self.levels.items()
        }
        values["cpu_user"] = self._load(hours) * 0.01 * self.step / scale
        if self.rps is not None:
            values["requests"] = draw.poisson(self.rps * self._load(hours) * self.step).astype(float) / scale
        times = NOW - (self.hours - hours) * HOUR / scale
        track = Track(times, np.full(times.size, self.step / scale), values)
        return replace(track, lows=dict(values), highs=dict(values))

    def _load(self, hours: Array) -> Array:
        day: Array = 1 + self.swing * np.sin(2 * np.pi * (hours + self.begins) / 24)
        return day


def with_past(seen: Snapshot, rule: str, *pasts: Past, seed: int = 1, ended: tuple[Past, ...] = ()) -> Snapshot:
    """The past of each process of a snapshot (the last one given stands for those after it), and of ended ones."""
    scale = seen.time_scale
    lives: list[InstanceWindow] = []
    for place, one in enumerate(seen.window.instances):
        past = pasts[min(place, len(pasts) - 1)]
        began = NOW - past.hours * HOUR / scale
        lives.append(replace(one, started=began, track=past.rows(seed + place, scale), version=past.version))
    for place, past in enumerate(ended):
        lives.append(InstanceWindow(500 + place, 1, 500, "single", None, past.rows(seed, scale), version=past.version))
    start = min((float(life.track.times[0]) for life in lives), default=NOW)
    past_window = ServiceWindow(seen.window.service_id, seen.window.name, start, NOW, tuple(lives), seen.window.hosts)
    return with_recalled(seen, rule, past_window)


def level(start: float, an_hour: float = 0.0) -> Level:
    """A level that begins somewhere and grows by so much an hour."""
    return lambda hours: start + an_hour * hours


def fills(start: float, to: float, over: float) -> Level:
    """A level that grows to its end as a cache does, most of it over so many hours."""
    return lambda hours: start + (to - start) * (1 - np.exp(-hours / over))


def descriptors(
    course: Level, now: float, *, seed: int = 1, scale: float = 1.0, lived: float = 2.5, **more: Level
) -> Snapshot:
    """A process that may open 1,000 descriptors, hours of a life in which they went this way, and its last minutes."""
    seen = snapshot(Load(), seed=seed, time_scale=scale)
    hours = lived + (seen.window.instances[0].track.times - seen.now) * scale / HOUR
    told = course(np.maximum(0.0, hours))
    seen = with_figures(seen, fd_open=told - told[-1] + now, fd_limit=1000.0, connections=50.0)
    past = Past(lived, 120.0, {"fd_open": course, "connections": level(50)} | more)
    return with_past(seen, "descriptor-exhaustion", past, seed=seed)


def with_deploys(seen: Snapshot) -> Snapshot:
    """Each process is replaced in the middle of the busiest hour of each day: both rows hold rates over all of it."""
    instances = []
    for one in seen.window.instances:
        shared = np.arange(one.track.times.size) % 24 == 5
        lived = {"loop_active": np.where(shared, one.track.spans / 2, one.track.spans)}
        values, highs = (
            {name: np.where(shared, figures, np.nan) for name, figures in told.items()}
            for told in (one.track.values, one.track.highs)
        )
        instances.append(replace(one, track=replace(one.track, covered=lived)))
        successor = replace(one.track, values=values, highs=highs, covered=lived)
        instances.append(replace(one, id=1000 + one.id, track=successor))
    return Snapshot(replace(seen.window, instances=tuple(instances)), seen.now)
