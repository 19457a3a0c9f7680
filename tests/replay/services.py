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
from tests.replay.latencies import SPREAD, Latencies
from tests.replay.shapes import DAY, HOUR, MB, Shape, wander

START = 1_699_920_000.0  # a Tuesday, 00:00 UTC
CORES = 4.0
HEAP_LIMIT = 2e9
HEAP_FLOOR = 60 * MB
FAILS = 0.001  # of requests
MEMORY = 11.5e9  # what others leave


@dataclass(frozen=True)
class Lifetime:
    """One process: its release, when it lived and when it had traffic, in seconds since the start."""

    key: int
    turn: int
    began: float
    ended: float
    takes: float
    gives: float

    @property
    def version(self) -> str:
        return f"1.{self.turn}"


def service(shape: Shape, days: float, seed: int, name: str = "shop") -> ServiceWindow:
    """A service of this shape over some days."""
    draw = np.random.default_rng(seed)
    times = START + np.arange(shape.interval, days * DAY + 1, shape.interval)
    end = float(times[-1])
    traffic = shape.traffic(times, draw) / shape.processes
    crowd = shape.crowded(times, draw)
    lifetimes = list(_lifetimes(shape, days))
    instances = [_instance(one, shape, times, traffic, crowd, draw) for one in lifetimes]
    busy = np.zeros(times.size)
    for one in lifetimes:
        busy += np.where(_alive(one, times), _loop(shape, times, _carried(one, times, traffic)), 0.0)
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
    """Processes that began long before, and at each deploy those that follow them, one by one."""
    cuts = [-30 * DAY]
    if shape.deploy is not None:
        cuts += [day * DAY + shape.deploy * HOUR for day in range(int(days))]
    for turn, began in enumerate(cuts):
        ended = cuts[turn + 1] if turn + 1 < len(cuts) else np.inf
        for place in range(shape.processes):
            begins, ends = began + 5 * place, ended + 5 * place
            half = shape.overlap / 2
            key = 10 + turn * shape.processes + place
            yield Lifetime(key, turn, begins, ends + shape.overlap, begins + half, ends + half)


def _life(one: Lifetime, end: float) -> Life:
    began, ended = START + one.began, min(end, START + one.ended)
    return Life(one.key, 1, 1000 + one.key, "single", one.version, began, max(began, START), ended)


def _alive(one: Lifetime, times: Array) -> NDArray[np.bool_]:
    return np.logical_and(times > START + one.began, times <= START + one.ended)


def _carried(one: Lifetime, times: Array, traffic: Array) -> Array:
    """Its traffic: none before the others gave theirs up."""
    return np.where((times > START + one.takes) & (times <= START + one.gives), traffic, 0.0)


def _loop(shape: Shape, times: Array, traffic: Array) -> Array:
    return np.minimum(0.97, 0.01 + traffic * shape.cost + shape.burst(times) + shape.collection)


def _instance(
    one: Lifetime, shape: Shape, times: Array, traffic: Array, crowd: Array, draw: np.random.Generator
) -> InstanceWindow:
    where = _alive(one, times) & (draw.random(times.size) >= shape.lost)
    at, rate = times[where], _carried(one, times, traffic)[where]
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
        "listening": np.full(at.size, float(shape.rps > 0)),
        "uptime": age,
    } | _memory(shape, at, age, rate, draw)
    latencies: Mapping[int, Histogram] = {}
    if shape.probe:
        requests = draw.poisson(rate * shape.interval).astype(float)
        busy = np.minimum(0.99, loop * (1 + 0.5 * crowd[where]))  # it waits for the processors that others have
        medians = shape.cost * 1.5 / np.maximum(0.2, 1 - busy)
        values |= _inside(shape, busy, spans, requests, medians * np.exp(SPREAD**2 / 2), draw)
        latencies = Latencies(requests, medians)
    else:
        values = {name: values[name] for name in values if name not in ("heap_used", "heap_floor", "heap_limit")}
    track = Track(at + (shape.skew if shape.probe else 0.0) * 0.1, spans, values, latencies)
    return InstanceWindow(one.key, 1, 1000 + one.key, "single", START + one.began, track, version=one.version)


def _memory(shape: Shape, at: Array, age: Array, rate: Array, draw: np.random.Generator) -> dict[str, Array]:
    """Heap, resident memory and descriptors: they follow the load, a cache fills, a leak grows."""
    since = at - START
    grown = shape.leak * since / HOUR + shape.fill * np.clip(age / (6 * HOUR), 0, 1)
    floor = HEAP_FLOOR + grown + shape.held * _followed(rate, max(1, round(shape.lag / shape.interval)))
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


def _followed(rate: Array, rows: int) -> Array:
    """The mean over the last so many rows."""
    sums = np.concatenate([np.zeros(1), np.cumsum(rate)])
    ends = np.arange(1, rate.size + 1)
    starts = np.maximum(0, ends - rows)
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts))


def _inside(
    shape: Shape, loop: Array, spans: Array, requests: Array, means: Array, draw: np.random.Generator
) -> dict[str, Array]:
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
        "request_time": requests * means,
        "request_errors": draw.binomial(requests.astype(int), FAILS).astype(float),
        "requests_active": requests / spans * means,  # Little's law
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
        "cpu_count": CORES, "cpu_effective": CORES, "memory_limit": 16e9, "swapped_in": 0.0, "swapped_out": 0.0,
        "fd_open": 4000.0, "fd_limit": 1e6,
    }  # fmt: skip
    values = {name: np.full(at.size, figure) for name, figure in constant.items()} | {
        "cpu_user": share * 0.8 * whole,
        "cpu_system": share * 0.2 * whole,
        "cpu_steal": 0.0 * whole,
        "cpu_iowait": 0.0 * whole,
        "cpu_idle": (1 - share) * whole,
        "load_1m": share * CORES,
        "pressure_cpu": np.clip(share - 0.5, 0, 1) * 0.6,
        "memory_available": MEMORY - _resident(at, instances),
    }
    used = 30e9 + shape.logs * (at % DAY) / DAY + 2e5 * (at - START) / HOUR
    disk = {"used": used, "capacity": np.full(at.size, 80e9), "inodes_used": np.full(at.size, 4e5),
            "inodes": np.full(at.size, 5e6)}  # fmt: skip
    loops = {one.id: one.track for one in instances if "loop_active" in one.track.values}
    root = PartWindow(PartKind.DISK, "/", Track(at, spans, disk))
    return HostWindow(1, "web-1", Track(at, spans, values), (root,), loops)


def _resident(at: Array, instances: list[InstanceWindow]) -> Array:
    """The memory of all processes; a process that has not begun or has ended has none."""
    whole = np.zeros(at.size)
    for one in instances:
        rows = one.track
        whole += np.interp(at, rows.times, rows.values["memory_rss"], left=0.0, right=0.0) if rows.times.size else 0.0
    return whole
