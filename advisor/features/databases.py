"""The databases of one server: how its data and its work are spread over them."""

from __future__ import annotations

from advisor.features import stats
from advisor.features.connections import server_of
from advisor.features.datastores import Datastore, reported
from advisor.features.machine import Machine
from advisor.features.snapshot import Snapshot
from advisor.features.store_memory import is_here, may_mean
from advisor.vocabulary import PartKind


def each(snapshot: Snapshot, store: Datastore, column: str, seconds: float) -> tuple[float, ...]:
    """The mean of this column for each database of a server, the largest first."""
    return tuple(by_name(snapshot, store, column, seconds).values())


def by_name(snapshot: Snapshot, store: Datastore, column: str, seconds: float) -> dict[str, float]:
    """The same under the name of each database."""
    found: dict[str, float] = {}
    for machine, part in reported(snapshot):
        level = stats.level(part.track, column, machine.span(seconds))
        is_its = part.name.startswith(f"{store.name} ") and may_mean(part.name, machine, store.machine)
        if is_its and level >= 0:
            name = part.name.removeprefix(f"{store.name} ")
            found[name] = max(level, found.get(name, 0.0))  # two agents may tell of the same one
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def local_servers(machine: Machine, seconds: float) -> tuple[tuple[str, float], ...]:
    """The servers on a machine (system, address and port) and the bytes of all their databases, the largest first."""
    found: dict[str, float] = {}
    for part in machine.host.of_kind(PartKind.DATASTORE):
        size = stats.latest(part.track, "size", machine.span(seconds))
        if is_here(part.name, machine) and size > 0:
            server = server_of(part.name)
            found[server] = found.get(server, 0.0) + size
    return tuple(sorted(found.items(), key=lambda one: -one[1]))
