"""A shape as the rows that agents and probes would have sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.features import (
    Happening,
    Histogram,
    HostWindow,
    InstanceWindow,
    Life,
    PartWindow,
    ServiceWindow,
    Track,
)
from advisor.features.window import Array
from advisor.vocabulary import PartKind
from advisor.vocabulary.events import EXITED, STARTED
from tests.replay.shapes import DAY, HOUR, MB, Shape, wander

START = 1_699_920_000.0  # a Tuesday, 00:00 UTC
CORES = 4.0
HEAP_LIMIT = 2e9
HEAP_FLOOR = 60 * MB


class Latencies(Mapping[int, Histogram]):
    """A distribution for each row, made when it is asked for: most are never looked at."""

    def __init__(self, counts: Array, medians: Array) -> None:
        self._counts, self._medians = counts, medians
        self._made: dict[int, Histogram] = {}

    def __getitem__(self, row: int) -> Histogram:
        if row not in self._made:
            self._made[row] = self._drawn(row)
        return self._made[row]

    def __contains__(self, row: object) -> bool:
        return isinstance(row, int) and 0 <= row < self._counts.size and self._counts[row] > 0

    def _drawn(self, row: int) -> Histogram:
        count = int(self._counts[row])
        if not count:
            raise KeyError(row)
        draw = np.random.default_rng(row)
        seconds = self._medians[row] * np.exp(draw.normal(0, 0.4, min(count, 300)))
        indexes = np.ceil(np.log2(seconds) * 8).astype(int) - 1
        first = int(indexes.min())
        shares = np.bincount(indexes - first)
        total = float(seconds.sum())
        return Histogram.from_exponential(
            3, 0, first, shares.tolist(), total, float(seconds.min()), float(seconds.max())
        )

    def __iter__(self) -> Iterator[int]:
        return iter(np.flatnonzero(self._counts).tolist())

    def __len__(self) -> int:
        return int(np.count_nonzero(self._counts))


@dataclass(frozen=True)
class Lifetime:
    """One process: its place among its siblings and when it lived, in seconds since the start."""

    key: int
    place: int
    began: float
    ended: float


def service(shape: Shape, days: float, seed: int, name: str = "shop") -> ServiceWindow:
    """A service of this shape over some days."""
    draw = np.random.default_rng(seed)
    times = START + np.arange(shape.interval, days * DAY + 1, shape.interval)
    end = float(times[-1])
    traffic = shape.traffic(times, draw) / shape.processes
    crowd = shape.crowded(times, draw)
    lifetimes = list(_lifetimes(shape, days))
    instances = [_instance(one, shape, times, traffic, draw) for one in lifetimes]
    busy = np.zeros(times.size)
    for one in lifetimes:
        busy += np.where(_alive(one, times), _loop(shape, times, traffic), 0.0)
    host = _host(shape, times, np.minimum(0.98, busy / CORES + crowd), instances, draw)
    events = [Happening(STARTED.name, START + one.began, one.key) for one in lifetimes if one.began > 0]
    events += [
        Happening(EXITED.name, START + one.ended, one.key, cause="signal", signal="SIGTERM")
        for one in lifetimes
        if START + one.ended < end
    ]
    lives = tuple(_life(one, end) for one in lifetimes)
    ordered = tuple(sorted(events, key=lambda event: event.at))
    return ServiceWindow(1, name, START, end, tuple(instances), (host,), ordered, lives)


def _lifetimes(shape: Shape, days: float) -> Iterator[Lifetime]:
    """Processes that began long before, and at each deploy those that follow them."""
    cuts = [-30 * DAY]
    if shape.deploy is not None:
        cuts += [day * DAY + shape.deploy * HOUR for day in range(int(days))]
    for turn, began in enumerate(cuts):
        ended = cuts[turn + 1] if turn + 1 < len(cuts) else np.inf
        for place in range(shape.processes):
            yield Lifetime(10 + turn * shape.processes + place, place, began + 5 * place, ended + 5 * place)


def _life(one: Lifetime, end: float) -> Life:
    began, ended = START + one.began, min(end, START + one.ended)
    return Life(one.key, 1, 1000 + one.key, "single", f"1.{one.key // 10}", began, max(began, START), ended)


def _alive(one: Lifetime, times: Array) -> NDArray[np.bool_]:
    return np.logical_and(times > START + one.began, times <= START + one.ended)


def _loop(shape: Shape, times: Array, traffic: Array) -> Array:
    return np.minimum(0.97, 0.01 + traffic * shape.cost + shape.burst(times) + shape.collection)


def _instance(one: Lifetime, shape: Shape, times: Array, traffic: Array, draw: np.random.Generator) -> InstanceWindow:
    where = _alive(one, times) & (draw.random(times.size) >= shape.lost)
    at, rate = times[where], traffic[where]
    spans = np.full(at.size, shape.interval)
    warm = np.where(at - (START + one.began) < 60, 0.25, 0.0)
    loop = np.clip((_loop(shape, at, rate) + warm) * wander(at.size, 0.03, draw, memory=0.5), 0.001, 0.99)
    age = at - (START + one.began)
    values = {
        "cpu_user": loop * 0.9 * spans,
        "cpu_system": loop * 0.08 * spans,
        "cpu_main": loop * 0.96 * spans,
        "threads": np.full(at.size, 11.0),
        "fd_limit": np.full(at.size, 65_536.0),
        "listening": np.ones(at.size),
        "uptime": age,
    } | _memory(shape, at, age, rate, draw)
    latencies: Mapping[int, Histogram] = {}
    if shape.probe:
        requests = draw.poisson(rate * shape.interval).astype(float)
        values |= _inside(shape, loop, spans, requests, draw)
        latencies = Latencies(requests, shape.cost * 1.5 / np.maximum(0.2, 1 - loop))
    else:
        values = {name: values[name] for name in values if name not in ("heap_used", "heap_floor", "heap_limit")}
    track = Track(at + (shape.skew if shape.probe else 0.0) * 0.1, spans, values, latencies)
    return InstanceWindow(one.key, 1, 1000 + one.key, "single", START + one.began, track, version=f"1.{one.key // 10}")


def _memory(shape: Shape, at: Array, age: Array, rate: Array, draw: np.random.Generator) -> dict[str, Array]:
    """Heap, resident memory and descriptors: they follow the load, a cache fills, a leak grows."""
    since = at - START
    grown = shape.leak * since / HOUR + shape.fill * np.clip(age / (6 * HOUR), 0, 1)
    floor = HEAP_FLOOR + grown + 0.4 * MB * rate
    swing = draw.uniform(0, 25 * MB, at.size)
    day = np.clip(0.5 + 0.5 * np.sin(2 * np.pi * (at / DAY - 0.4)), 0, 1)
    sockets = np.round(shape.sockets * day + rate * 0.2)
    return {
        "heap_floor": floor * (1 + draw.normal(0, 0.01, at.size)),
        "heap_used": floor + swing,
        "heap_limit": np.full(at.size, HEAP_LIMIT),
        "memory_rss": floor + 70 * MB + 20_000 * sockets,
        "fd_open": 24 + sockets,
        "fd_sockets": 4 + sockets,
        "connections": sockets,
        "websockets": np.round(shape.sockets * day),
    }


def _inside(shape: Shape, loop: Array, spans: Array, requests: Array, draw: np.random.Generator) -> dict[str, Array]:
    pause = np.minimum(0.06, 0.004 + shape.collection * draw.exponential(0.1, loop.size))
    return {
        "loop_active": loop * spans,
        "loop_idle": (1 - loop) * spans,
        "loop_utilization": loop,
        "loop_delay_max": 0.012 + np.minimum(0.04, draw.exponential(0.004, loop.size)) + pause / 2,
        "loop_resolution": np.full(loop.size, 0.010),
        "loop_blocked": 0.001 * spans,
        "gc_major": shape.collection * 0.7 * spans,
        "gc_minor": shape.collection * 0.3 * spans,
        "gc_pause_max": pause,
        "requests": requests,
        "request_time": requests * shape.cost * 1.6,
        "request_errors": (draw.random(loop.size) < 0.01).astype(float),
        "requests_active": np.minimum(5.0, requests / spans * shape.cost),
        "threadpool_wait": draw.exponential(0.001, loop.size),
    }


def _host(
    shape: Shape, times: Array, busy: Array, instances: list[InstanceWindow], draw: np.random.Generator
) -> HostWindow:
    where = draw.random(times.size) >= shape.lost
    at, share = times[where], np.clip(busy[where] * wander(int(where.sum()), 0.02, draw, memory=0.5), 0, 1)
    spans = np.full(at.size, shape.interval)
    whole = CORES * spans
    constant = {
        "cpu_count": CORES, "cpu_effective": CORES, "memory_limit": 16e9, "memory_available": 11e9, "swapped_in": 0.0,
        "swapped_out": 0.0, "fd_open": 4000.0, "fd_limit": 1e6,
    }  # fmt: skip
    values = {name: np.full(at.size, figure) for name, figure in constant.items()} | {
        "cpu_user": share * 0.8 * whole,
        "cpu_system": share * 0.2 * whole,
        "cpu_steal": 0.0 * whole,
        "cpu_iowait": 0.0 * whole,
        "cpu_idle": (1 - share) * whole,
        "load_1m": share * CORES,
        "pressure_cpu": np.clip(share - 0.5, 0, 1) * 0.2,
    }
    used = 30e9 + shape.logs * (at % DAY) / DAY + 2e5 * (at - START) / HOUR
    disk = {"used": used, "capacity": np.full(at.size, 80e9), "inodes_used": np.full(at.size, 4e5),
            "inodes": np.full(at.size, 5e6)}  # fmt: skip
    loops = {one.id: one.track for one in instances if "loop_active" in one.track.values}
    root = PartWindow(PartKind.DISK, "/", Track(at, spans, disk))
    return HostWindow(1, "web-1", Track(at, spans, values), (root,), loops)
