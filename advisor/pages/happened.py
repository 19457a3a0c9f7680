"""What happened in a service's processes in the last day, as far as a page looks back."""

from __future__ import annotations

from advisor.store import samples
from advisor.store.samples import StoredEvent

DAY = 86_400.0
MOST = 2_000
"""Events that a page looks at, the newest: a service in trouble has very many."""


def happened(service_id: int, now: float) -> list[StoredEvent]:
    """The events of the day before `now` (Unix seconds), the newest first."""
    return samples.events(service_id, now - DAY, now, MOST)
