"""The connection pools of a service: how full they are, and how long requests wait for a connection."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from advisor.features.window import PartWindow, ServiceWindow
from advisor.pages import measured
from advisor.vocabulary import PartKind

_AGENT = "http "
"""What the name of a pool begins with that is an HTTP agent's."""


@dataclass(frozen=True, slots=True)
class PoolRow:
    """The pools of one name over all processes, each of which has its own.

    Attributes:
        name: its address or name.
        kind: `HTTP agent`, or nothing for a pool of database connections.
        used: connections in use now.
        unused: connections open and idle.
        capacity: the most that it opens.
        pending: requests that wait for a connection now.
        wait: the 95th percentile of the wait in the last minute, seconds.
    """

    name: str
    kind: str
    used: float | None
    unused: float | None
    capacity: float | None
    pending: float | None
    wait: float | None


def pool_rows(window: ServiceWindow) -> list[PoolRow]:
    """The pools, those that requests wait for first."""
    now: dict[str, list[PartWindow]] = defaultdict(list)
    for instance in window.instances:
        for part in measured.present(instance, PartKind.POOL):
            now[part.name].append(part)
    rows = [_row(name, parts) for name, parts in now.items()]
    return sorted(rows, key=lambda row: (-(row.pending or 0.0), -(row.wait or 0.0), -(row.used or 0.0), row.name))


def _row(name: str, parts: list[PartWindow]) -> PoolRow:
    def level(column: str) -> float | None:
        return measured.known_sum(measured.last(part.track, column) for part in parts)

    of_agent = name.startswith(_AGENT)
    return PoolRow(
        name=name.removeprefix(_AGENT),
        kind="HTTP agent" if of_agent else "",
        used=level("used"),
        unused=level("unused"),
        capacity=level("capacity"),
        pending=level("pending"),
        wait=measured.p95([part.track for part in parts]),
    )
