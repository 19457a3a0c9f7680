"""Snapshots whose loops are as active as their routes cost, for tests of what a route costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from advisor.features import InstanceWindow, PartWindow, Snapshot, Track
from advisor.vocabulary import PartKind
from tests.builders import Load, snapshot


@dataclass(frozen=True)
class Asked:
    """One route: requests a second, loop seconds of each, and seconds that each waits for others.

    `sway` is how far its rate swings from minute to minute; `step` couples it to the swings of other routes.
    """

    rps: float
    cost: float
    waits: float = 0.0
    sway: float = 0.3
    step: int | None = None


def routed(
    routes: Mapping[str, Asked],
    load: Load | None = None,
    *,
    seed: int = 1,
    noise: float = 0.0,
    base: float = 0.01,
    time_scale: float = 1.0,
) -> Snapshot:
    """One process whose loop is active for its routes and, all the time, for `base` of it."""
    seen = snapshot(load or Load(), seed=seed, time_scale=time_scale)
    draw = np.random.default_rng(seed)
    instance = _routed(seen.window.instances[0], routes, draw, noise, base)
    return replace(seen, window=replace(seen.window, instances=(instance,)))


def crammed(costs: Mapping[str, float], seed: int = 1) -> Snapshot:
    """One process whose loop is never idle: in each sample the routes share its time at random."""
    seen = snapshot(Load(elu=1.0, noise=0.0), seed=seed)
    instance = seen.window.instances[0]
    track = instance.track
    told = ~np.isnan(track.values["loop_active"])
    shares = np.random.default_rng(seed).dirichlet(np.full(len(costs), 5.0), int(told.sum()))
    parts = tuple(
        _part(name, np.round(shares[:, place] * track.spans[told] / cost), Asked(0, cost), track, told)
        for place, (name, cost) in enumerate(costs.items())
    )
    return replace(seen, window=replace(seen.window, instances=(replace(instance, parts=parts),)))


def _routed(
    instance: InstanceWindow, routes: Mapping[str, Asked], draw: np.random.Generator, noise: float, base: float
) -> InstanceWindow:
    track = instance.track
    told = ~np.isnan(track.values["loop_active"])
    spans = track.spans[told]
    active, parts = base * spans, []
    swings = draw.uniform(-1, 1, (len(routes), int(told.sum())))
    for place, (name, asked) in enumerate(routes.items()):
        swing = swings[place if asked.step is None else asked.step]
        mean = asked.rps * spans * (1 + asked.sway * swing)
        count = mean if asked.step is not None else draw.poisson(mean).astype(float)
        active = active + asked.cost * count
        parts.append(_part(name, count, asked, track, told))
    active = np.clip(active * (1 + draw.normal(0, noise, active.size)), 0, spans)
    values = dict(track.values)
    told_of = {"loop_active": active, "loop_idle": spans - active, "loop_utilization": active / spans}
    for column, figures in told_of.items():
        values[column] = np.full(track.times.size, np.nan)
        values[column][told] = figures
    return replace(instance, track=replace(track, values=values), parts=tuple(parts))


def _part(name: str, count: np.ndarray, asked: Asked, track: Track, told: np.ndarray) -> PartWindow:
    called = count > 0
    times, spans = track.times[told][called], track.spans[told][called]
    values = {"count": count[called], "duration": count[called] * (asked.cost + asked.waits)}
    return PartWindow(PartKind.ROUTE, name, Track(times, spans, values))
