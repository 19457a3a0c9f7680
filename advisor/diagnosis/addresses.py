"""Where a balancer finds the processes of a service. Nobody tells their ports: 3000 and up stand for them."""

from __future__ import annotations

from typing import Final

from advisor.features import Snapshot
from advisor.features.process import Process
from advisor.vocabulary import Role

FIRST: Final = 3000
"""Stands for the port of the first process on a machine."""


def of_each(snapshot: Snapshot) -> tuple[str, ...]:
    """A name and a port for each process, in their order, as if each listened by itself."""
    return _addresses(snapshot, shared=False)


def of_servers(snapshot: Snapshot) -> tuple[str, ...]:
    """What a balancer can tell apart: each process that listens by itself, and the workers of a machine together."""
    return tuple(dict.fromkeys(_addresses(snapshot, shared=True)))


def with_new(names: list[str], count: int) -> list[str]:
    """The names of machines, and of new ones beside them up to so many."""
    return names + [f"new-{n}" for n in range(1, count - len(names) + 1)]


def place(snapshot: Snapshot, process: Process) -> str:
    """The name of its machine."""
    host = snapshot.window.host(process.instance.host_id)
    return host.name if host else "host"


def _addresses(snapshot: Snapshot, *, shared: bool) -> tuple[str, ...]:
    found: list[str] = []
    ports: dict[int | None, dict[int | str, int]] = {}
    for process in snapshot.processes:
        taken = ports.setdefault(process.instance.host_id, {})
        who = Role.WORKER if shared and process.instance.role == Role.WORKER else process.instance.id
        found.append(f"{place(snapshot, process)}:{taken.setdefault(who, FIRST + len(taken))}")
    return tuple(found)
