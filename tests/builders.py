"""Seeded windows of services under known conditions: the raw material of the tests of the pure side.

`service()` makes a `ServiceWindow` as the store would: rows of an agent and a probe that come at
different moments, with noise from a seeded generator. What a test does not name is a healthy service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from advisor.features import Histogram, HostWindow, InstanceWindow, PartWindow, ServiceWindow, Snapshot, Track
from advisor.features.heap import young
from advisor.features.window import Array
from advisor.vocabulary import PartKind

NOW = 1_700_000_000.0
QUIET = {"request_errors": 0.0, "threadpool_wait": 0.0, "heap_limit": 2e9}
YOUNG = young(8e9)  # beside what lasts, on the machine that a test has when it names none
DESCRIPTORS = {"fd_open": 60.0, "fd_limit": 65_536.0, "connections": 20.0}


@dataclass(frozen=True)
class Load:
    """What one process does. Shares are 0 to 1 of wall time, durations seconds.

    `elu_before` is what the loop did until `changed` seconds ago, if it changed. A block of `block`
    seconds comes every `block_every` seconds, beside the rest of the work.
    """

    elu: float = 0.3
    cpu: float | None = None
    threads_cpu: float = 0.0
    rps: float = 60.0
    latency: float = 0.006
    spread: float = 0.3
    block: float = 0.0
    block_every: float = 4.0
    gc_share: float = 0.01
    gc_pause: float = 0.004
    rss: float = 90e6
    noise: float = 0.02
    elu_before: float | None = None
    changed: float = 0.0
    age: float = 86_400.0
    role: str = "single"
    websockets: float = 0.0
    routes: Mapping[str, float] = field(default_factory=lambda: {"GET /": 1.0})


@dataclass(frozen=True)
class Machine:
    """The machine that the processes share; `pressure` None = a kernel that does not report it."""

    cores: float = 2.0
    cpu: float = 0.4
    steal: float = 0.0
    throttled: float = 0.0
    pressure: float | None = 0.02
    memory: float = 8e9
    available: float = 6e9
    other_loops: tuple[float, ...] = ()


@dataclass(frozen=True)
class Senders:
    """Who reports, how often, and what is lost."""

    probe: bool = True
    agent: bool = True
    main_thread: bool = True
    host: bool = True
    interval: float = 10.0
    lost: float = 0.0
    silent: float = 0.0


def service(
    *loads: Load,
    machine: Machine | None = None,
    senders: Senders | None = None,
    name: str = "shop",
    seed: int = 1,
    seconds: float = 900.0,
    hosts: int = 1,
) -> ServiceWindow:
    """A service of these processes on each of `hosts` equal machines, up to `NOW`."""
    senders = senders or Senders()
    draw = np.random.default_rng(seed)
    instances: list[InstanceWindow] = []
    windows: list[HostWindow] = []
    for host in range(1, hosts + 1):
        here = [
            _instance(10 * host + n, host, load, senders, draw, seconds) for n, load in enumerate(loads or (Load(),))
        ]
        instances += here
        windows.append(_host(host, machine or Machine(), here, senders, draw, seconds))
    return ServiceWindow(1, name, NOW - seconds, NOW, tuple(instances), tuple(windows) if senders.host else ())


def snapshot(
    *loads: Load,
    machine: Machine | None = None,
    senders: Senders | None = None,
    name: str = "shop",
    seed: int = 1,
    hosts: int = 1,
    time_scale: float = 1.0,
) -> Snapshot:
    """The snapshot of such a service at `NOW`; a time scale also speeds up the senders."""
    told = senders or Senders()
    fast = replace(told, interval=told.interval / time_scale)
    window = service(*loads, machine=machine, senders=fast, name=name, seed=seed, hosts=hosts, seconds=900 / time_scale)
    return Snapshot(window, NOW, time_scale)


def _instance(
    key: int, host: int, load: Load, senders: Senders, draw: np.random.Generator, seconds: float
) -> InstanceWindow:
    tracks = []
    parts: tuple[PartWindow, ...] = ()
    alive = min(seconds, load.age)
    if senders.agent:
        tracks.append(_agent(load, senders, draw, alive))
    if senders.probe:
        probe = _probe(load, senders, draw, alive)
        tracks.append(probe)
        parts = tuple(_route(name, share, load, probe) for name, share in load.routes.items())
    return InstanceWindow(key, host, 1000 + key, load.role, NOW - load.age, _joined(tracks), parts)


def _times(senders: Senders, draw: np.random.Generator, seconds: float, phase: float) -> Array:
    times = np.arange(NOW - phase - senders.silent, NOW - seconds, -senders.interval)[::-1]
    return times[draw.random(times.size) >= senders.lost]


def _elu(load: Load, times: Array, draw: np.random.Generator) -> Array:
    usual = np.full(times.size, load.elu)
    if load.elu_before is not None:
        usual[times < NOW - load.changed] = load.elu_before
    return np.clip(usual + draw.normal(0, load.noise, times.size), 0, 1) if load.elu else usual


def _agent(load: Load, senders: Senders, draw: np.random.Generator, seconds: float) -> Track:
    times = _times(senders, draw, seconds, 0.0)
    spans = np.full(times.size, senders.interval)
    usual = _elu(load, times, draw) * 0.97 if load.cpu is None else np.full(times.size, load.cpu)
    values = {
        "cpu_user": (usual * 0.9 + load.threads_cpu) * spans,
        "cpu_system": usual * 0.1 * spans,
        "memory_rss": np.full(times.size, load.rss),
    } | {name: np.full(times.size, figure) for name, figure in DESCRIPTORS.items()}
    if senders.main_thread:
        values["cpu_main"] = usual * spans
    return Track(times, spans, values)


def _probe(load: Load, senders: Senders, draw: np.random.Generator, seconds: float) -> Track:
    times = _times(senders, draw, seconds, senders.interval / 5)
    spans = np.full(times.size, senders.interval)
    elu = _elu(load, times, draw)
    blocks = _blocks(load, times, senders.interval)
    requests = draw.poisson(load.rps * senders.interval, times.size).astype(float)
    values = {
        "loop_active": elu * spans,
        "loop_idle": (1 - elu) * spans,
        "loop_utilization": elu,
        "loop_delay_max": 0.010 + np.where(blocks > 0, load.block, 0.0) + draw.uniform(0.001, 0.008, times.size),
        "loop_resolution": np.full(times.size, 0.010),
        "loop_blocked": blocks * load.block + 0.0005 * spans,
        "gc_major": load.gc_share * spans,
        "gc_pause_max": np.full(times.size, load.gc_pause),
        "requests": requests,
        "request_time": requests * load.latency,
        "websockets": np.full(times.size, load.websockets),
        "heap_floor": np.full(times.size, load.rss * 0.4),
    } | {name: np.full(times.size, figure) for name, figure in QUIET.items()}
    latencies = {row: _latencies(int(count), load, draw) for row, count in enumerate(requests) if count}
    return Track(times, spans, values, latencies)


def _blocks(load: Load, times: Array, interval: float) -> Array:
    """How many blocks fall into each row: they come at multiples of `block_every`."""
    if not load.block:
        return np.zeros(times.size)
    return np.floor(times / load.block_every) - np.floor((times - interval) / load.block_every)


def _latencies(count: int, load: Load, draw: np.random.Generator) -> Histogram:
    durations = load.latency * np.exp(draw.normal(0, load.spread, count))
    indexes = np.ceil(np.log2(durations) * 8).astype(int) - 1
    first = int(indexes.min())
    counts = np.bincount(indexes - first).tolist()
    low, high = float(durations.min()), float(durations.max())
    return Histogram.from_exponential(3, 0, first, counts, float(durations.sum()), low, high)


def _route(name: str, share: float, load: Load, probe: Track) -> PartWindow:
    count = probe.values["requests"] * share
    values = {"count": count, "duration": count * load.latency, "errors": np.zeros(count.size)}
    return PartWindow(PartKind.ROUTE, name, Track(probe.times, probe.spans, values, probe.latencies))


def _joined(tracks: list[Track]) -> Track:
    """The rows of several senders in one track, NaN where a sender has no figure."""
    times = np.concatenate([track.times for track in tracks])
    order = np.argsort(times, kind="stable")
    columns = sorted({column for track in tracks for column in track.values})
    values = {
        column: np.concatenate([t.values.get(column, np.full(t.times.size, np.nan)) for t in tracks])[order]
        for column in columns
    }
    place = {int(old): new for new, old in enumerate(order)}
    starts = np.cumsum([0, *(track.times.size for track in tracks)])
    latencies = {
        place[int(start) + row]: histogram
        for track, start in zip(tracks, starts, strict=False)
        for row, histogram in track.latencies.items()
    }
    return Track(times[order], np.concatenate([t.spans for t in tracks])[order], values, latencies)


def _host(
    key: int, machine: Machine, here: list[InstanceWindow], senders: Senders, draw: np.random.Generator, seconds: float
) -> HostWindow:
    times = _times(senders, draw, seconds, 0.0)
    spans = np.full(times.size, senders.interval)
    whole = machine.cores * spans
    busy = np.clip(machine.cpu + draw.normal(0, 0.005, times.size), 0, 1)
    values = {
        "cpu_count": np.full(times.size, float(machine.cores)),
        "cpu_effective": np.full(times.size, float(machine.cores)),
        "cpu_user": (busy - machine.steal) * 0.8 * whole,
        "cpu_system": (busy - machine.steal) * 0.2 * whole,
        "cpu_steal": machine.steal * whole,
        "cpu_idle": (1 - busy) * whole,
        "cpu_iowait": 0.0 * whole,
        "memory_limit": np.full(times.size, machine.memory),
        "memory_available": np.full(times.size, machine.available),
    }
    if machine.pressure is not None:
        values["pressure_cpu"] = np.full(times.size, machine.pressure)
    if machine.throttled:
        values |= {"cpu_periods": 10 * spans, "cpu_throttled": 10 * spans * machine.throttled}
    loops = {instance.id: instance.track for instance in here if "loop_active" in instance.track.values}
    for n, elu in enumerate(machine.other_loops):
        loops[9000 + n] = Track(times, spans, {"loop_active": elu * spans, "loop_idle": (1 - elu) * spans})
    return HostWindow(key, f"web-{key}", Track(times, spans, values), (), loops)
