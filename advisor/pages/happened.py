"""What happened in a service's processes in the last day, as far as a page looks back."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from advisor.store import samples
from advisor.store.samples import StoredEvent

DAY = 86_400.0
MOST = 2_000
"""Events that a page looks at, the newest: a service in trouble has very many."""


def happened(service_id: int, now: float, names: Collection[str]) -> list[StoredEvent]:
    """The events of these names in the day before `now` (Unix seconds), the newest first."""
    return samples.events(service_id, now - DAY, now, MOST, names)


def reaches_back_to(told: Sequence[StoredEvent], now: float) -> float:
    """Since when `told` holds all there was, Unix seconds: a day ago, unless there was more than `MOST`."""
    return now - DAY if len(told) < MOST else told[-1].at
