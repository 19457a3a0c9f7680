"""What tests add to a built snapshot: further columns, parts of processes and hosts, events, lives, a longer past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from advisor.features import Happening, Life, PartWindow, ServiceWindow, Snapshot, Track
from advisor.features.window import Array
from advisor.vocabulary import PartKind
from tests.builders import NOW

Figures = float | Sequence[float] | Array
"""One figure for all rows, or one a row; a rate for increases is the caller's to turn into increases a row."""


def with_window(seen: Snapshot, **fields: Any) -> Snapshot:
    """The same with other fields of the window."""
    return replace(seen, window=replace(seen.window, **fields))


def with_figures(seen: Snapshot, only: int | None = None, **columns: Figures) -> Snapshot:
    """Further columns of every process, or of the one at the place `only`."""
    instances = [
        replace(one, track=_more(one.track, columns)) if only in (None, place) else one
        for place, one in enumerate(seen.window.instances)
    ]
    return with_window(seen, instances=tuple(instances))


def with_probe_figures(seen: Snapshot, **columns: Figures) -> Snapshot:
    """Further columns of every process, in the rows that its probe sent: the agent's say nothing of them."""
    instances = []
    for one in seen.window.instances:
        inside = ~np.isnan(one.track.values.get("loop_active", np.full(one.track.times.shape, np.nan)))
        rows = {name: np.where(inside, np.asarray(figures, float), np.nan) for name, figures in columns.items()}
        instances.append(replace(one, track=_more(one.track, rows)))
    return with_window(seen, instances=tuple(instances))


def with_sockets(seen: Snapshot, *held: tuple[float, float]) -> Snapshot:
    """So many open WebSockets of each process, and messages a second, of which it gets half and sends half."""
    for place, (sockets, rate) in enumerate(held):
        each = rate / 2 * seen.window.instances[place].track.spans
        seen = with_figures(seen, place, websockets=sockets, websocket_received=each, websocket_sent=each)
    return seen


def with_host_figures(seen: Snapshot, **columns: Figures) -> Snapshot:
    """Further columns of every host."""
    hosts = tuple(replace(host, track=_more(host.track, columns)) for host in seen.window.hosts)
    return with_window(seen, hosts=hosts)


def with_cores(seen: Snapshot, *counts: float) -> Snapshot:
    """So many cores of each host, in their order."""
    hosts = tuple(
        replace(host, track=_more(host.track, {"cpu_effective": count, "cpu_count": count}))
        for host, count in zip(seen.window.hosts, counts, strict=True)
    )
    return with_window(seen, hosts=hosts)


def with_machines(seen: Snapshot, *processes: int) -> Snapshot:
    """So many processes of each host, in their order: the first ones of the first host, the next of the next."""
    kept, first = [], 0
    for host, count in zip(seen.window.hosts, processes, strict=True):
        kept += [one for one in seen.window.instances if one.host_id == host.id][first : first + count]
        first += count
    return with_window(seen, instances=tuple(kept))


def in_containers(seen: Snapshot, quota: float, *held: float) -> Snapshot:
    """Each process in a container of its own with so many cores, held back in this share of its quota's periods."""
    for place, share in enumerate(held):
        seen = with_figures(seen, place, cgroup_cpu_limit=quota, cgroup_periods=100.0, cgroup_throttled=100 * share,
                            cgroup_throttled_time=3 * share + place / 10)  # fmt: skip
    return seen


def in_one_container(seen: Snapshot, quota: float, held: float) -> Snapshot:
    """All processes in one container."""
    return with_figures(seen, cgroup_cpu_limit=quota, cgroup_periods=100.0, cgroup_throttled=100 * held,
                        cgroup_throttled_time=3 * held)  # fmt: skip


def with_containers(seen: Snapshot) -> Snapshot:
    """Each process in a container of its own, without limits."""
    contained = tuple(replace(one, container=f"c{one.id:011}") for one in seen.window.instances)
    return with_window(seen, instances=contained)


def with_part(seen: Snapshot, kind: PartKind, name: str, **columns: Figures) -> Snapshot:
    """A part of every process, or of every host where that is its kind."""
    owners = seen.window.instances if kind.of_process else seen.window.hosts
    grown = tuple(replace(one, parts=(*one.parts, _part(one.track, kind, name, columns))) for one in owners)
    return with_window(seen, **{"instances" if kind.of_process else "hosts": grown})


def with_events(seen: Snapshot, *events: Happening) -> Snapshot:
    """Further events."""
    return with_window(seen, events=tuple(sorted((*seen.window.events, *events), key=lambda event: event.at)))


def with_lives(seen: Snapshot, *lives: Life) -> Snapshot:
    """Processes that lived in the last days."""
    return with_window(seen, lives=(*seen.window.lives, *lives))


def with_recalled(seen: Snapshot, rule: str, past: ServiceWindow) -> Snapshot:
    """The longer past of a rule."""
    return with_window(seen, recalled={**seen.window.recalled, rule: past})


def happened(name: str, ago: float, instance_id: int = 10, **said: Any) -> Happening:
    """An event so many seconds ago."""
    return Happening(name, NOW - ago, instance_id, **said)


def life(began: float, ended: float = 0.0, instance_id: int = 10, **more: Any) -> Life:
    """A process that began and reported last so many seconds ago."""
    told: dict[str, Any] = {
        "host_id": 1,
        "pid": 1000 + instance_id,
        "role": "single",
        "version": "",
        "started": NOW - began,
    } | more
    return Life(instance_id=instance_id, seen_first=NOW - began, seen_last=NOW - ended, **told)


def rows(length: float, step: float, **columns: Figures) -> Track:
    """A track over the last `length` seconds in rows of `step`, as a recall gives it; lows and highs are the means."""
    times = np.arange(NOW, NOW - length, -step)[::-1]
    empty = Track(times, np.full(times.size, step), {})
    full = _more(empty, columns)
    return replace(full, lows=dict(full.values), highs=dict(full.values))


def _part(track: Track, kind: PartKind, name: str, columns: dict[str, Figures]) -> PartWindow:
    return PartWindow(kind, name, _more(Track(track.times, track.spans, {}), columns))


def _more(track: Track, columns: Mapping[str, Figures]) -> Track:
    added = {
        name: np.broadcast_to(np.asarray(figures, float), track.times.shape).copy() for name, figures in columns.items()
    }
    return replace(track, values={**track.values, **added})
