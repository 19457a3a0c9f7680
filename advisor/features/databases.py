"""The databases of one server: how its data and its work are spread over them."""

from __future__ import annotations

from advisor.features import stats
from advisor.features.datastores import reported
from advisor.features.snapshot import Snapshot


def each(snapshot: Snapshot, server: str, column: str, seconds: float) -> tuple[float, ...]:
    """The mean of this column for each database of a server (system, address and port), the largest first."""
    found: dict[str, float] = {}
    for machine, part in reported(snapshot):
        level = stats.level(part.track, column, machine.span(seconds))
        if part.name.startswith(f"{server} ") and level >= 0:
            found[part.name] = max(level, found.get(part.name, 0.0))  # two agents may tell of the same one
    return tuple(sorted(found.values(), reverse=True))
