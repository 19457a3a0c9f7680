"""Gives back the windows of many services at once, by a number of queries that does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from advisor.features.window import HostWindow, InstanceWindow, PartWindow, ServiceWindow, Track
from advisor.fleet.models import Host, Instance, Service
from advisor.store import blocks
from advisor.store.fetch import Condition, Row, among, select, since, until, within
from advisor.store.happenings import happenings, lives_of
from advisor.store.members import Member, members
from advisor.store.tables import HOST, PART, PROCESS, Table
from advisor.vocabulary import PartKind, judged_of

OF_PROCESS = tuple(kind.value for kind in PartKind if kind.of_process)
OF_HOST = tuple(kind.value for kind in PartKind if not kind.of_process)
LOOP = ("loop_active", "loop_idle", "loop_utilization")
"""The columns that say how busy an event loop is."""

_LAG = 60.0
"""Seconds by which `last_seen` may lag behind a sample: it is written every few seconds only."""


def windows(
    service_ids: Collection[int], start: float, end: float, since: float | None = None
) -> dict[int, ServiceWindow]:
    """All that is known of each service between two moments (Unix seconds of the server's clock, both included).

    Its processes' lives, starts and ends are told from `since` on, if that is before `start`.

    Instances are those with samples in the window; hosts are theirs, each with the event loops of all
    processes on it, other services' too. Ids that are no service are left out. At most ten queries, whatever
    the number of services.
    """
    names: dict[int, str] = dict(select(Service._meta.db_table, ("id", "name"), among("id", service_ids)))
    tracks = _tracks(PROCESS, within(PROCESS.owner, names, start, end))
    reporting = _reporting(tracks)
    host_ids = {instance.host_id for instance in reporting if instance.host_id is not None}
    loops = _loops(reporting, tracks, _neighbours(host_ids, names, start, end), start, end)
    parts = _parts(names, host_ids, start, end)
    hosts = _hosts(host_ids, parts, loops, start, end)
    events, lives = happenings(names, start, end, since), lives_of(names, start if since is None else since)
    instances = defaultdict(list)
    for instance in reporting:
        instances[instance.service_id].append(_window(instance, tracks, parts))
    return {
        service_id: ServiceWindow(
            service_id,
            name,
            start,
            end,
            tuple(instances[service_id]),
            _hosts_of(instances[service_id], hosts),
            tuple(events[service_id]),
            tuple(lives[service_id]),
        )
        for service_id, name in names.items()
    }


@dataclass(frozen=True, slots=True)
class HostView:
    """One machine and the Node.js processes on it, whatever their services."""

    host: HostWindow
    instances: tuple[InstanceWindow, ...]


def host_view(host_id: int, start: float, end: float) -> HostView:
    """A host between two moments (Unix seconds of the server's clock); KeyError where there is no such host."""
    host = _hosts([host_id], _parts((), [host_id], start, end), {}, start, end)[host_id]
    known = Instance.objects.filter(host_id=host_id, last_seen__gte=datetime.fromtimestamp(start - _LAG, UTC))
    services, ids = {instance.service_id for instance in known}, [instance.pk for instance in known]
    tracks = _tracks(PROCESS, within(PROCESS.owner, services, start, end) & among("instance_id", ids))
    return HostView(host, tuple(_window(instance, tracks, {}) for instance in _reporting(tracks)))


def _tracks(table: Table, where: Condition, columns: Sequence[str] | None = None) -> dict[Row, Track]:
    """The track of each series; of what rules look at and with the histograms, or of `columns` alone."""
    return blocks.tracks(table, columns or judged_of(table.entity), where, has_distributions=columns is None)


def _reporting(tracks: Mapping[Row, Track]) -> list[Member]:
    """The instances that these tracks are of, without what one sent under the name it had before a better one."""
    found = members(among("id", {instance_id for _, instance_id in tracks}))
    return [instance for instance in found if (instance.service_id, instance.id) in tracks]


def _neighbours(hosts: Collection[int], services: Iterable[int], start: float, end: float) -> list[Member]:
    """Instances of other services that were on these hosts."""
    lived = since("last_seen", start - _LAG) & until("first_seen", end + _LAG)
    return members(among("host_id", hosts) & lived & ~among("service_id", services))


def _loops(
    instances: Iterable[Member], tracks: Mapping[Row, Track], neighbours: Sequence[Member], start: float, end: float
) -> dict[int | None, dict[int, Track]]:
    """Host -> instance -> the track of its event loop, for all that report one."""
    where = within(PROCESS.owner, {n.service_id for n in neighbours}, start, end)
    others = _tracks(PROCESS, where & among("instance_id", [n.id for n in neighbours]), LOOP) if neighbours else {}
    loops: dict[int | None, dict[int, Track]] = defaultdict(dict)
    for instance in (*instances, *neighbours):
        key = (instance.service_id, instance.id)
        found = tracks.get(key) or others.get(key)
        values = {name: found.values[name] for name in LOOP if name in found.values} if found else {}
        if found and values:
            loops[instance.host_id][instance.id] = Track(found.times, found.spans, values)
    return loops


def _parts(
    services: Iterable[int], hosts: Iterable[int], start: float, end: float
) -> dict[tuple[int, int], list[PartWindow]]:
    """(owner, instance) -> its parts; the instance is 0 where the owner is a host."""
    of_services = among(PART.owner, services) & among("kind", OF_PROCESS)
    of_hosts = among(PART.owner, hosts) & among("kind", OF_HOST)
    where = within(PART.owner, {*services, *hosts}, start, end) & (of_services | of_hosts)
    parts = defaultdict(list)
    for (owner, instance, kind, name), found in sorted(_tracks(PART, where).items()):
        parts[owner, instance].append(PartWindow(PartKind(kind), name, found))
    return parts


def _hosts(
    ids: Collection[int],
    parts: Mapping[tuple[int, int], list[PartWindow]],
    loops: Mapping[int | None, dict[int, Track]],
    start: float,
    end: float,
) -> dict[int, HostWindow]:
    tracks = _tracks(HOST, within(HOST.owner, ids, start, end))
    silent = Track(np.empty(0), np.empty(0), {})
    return {
        host_id: HostWindow(
            host_id, name, tracks.get((host_id,), silent), tuple(parts.get((host_id, 0), ())), loops.get(host_id, {})
        )
        for host_id, name in sorted(select(Host._meta.db_table, ("id", "name"), among("id", ids)))
    }


def _window(
    instance: Member, tracks: Mapping[Row, Track], parts: Mapping[tuple[int, int], list[PartWindow]]
) -> InstanceWindow:
    key = (instance.service_id, instance.id)
    return instance.window(tracks[key], tuple(parts.get(key, ())))


def _hosts_of(instances: Iterable[InstanceWindow], hosts: Mapping[int, HostWindow]) -> tuple[HostWindow, ...]:
    ids = {instance.host_id for instance in instances if instance.host_id is not None}
    return tuple(hosts[host_id] for host_id in sorted(ids) if host_id in hosts)
