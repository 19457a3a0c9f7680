"""What each collector of a host's agent takes, and whether it fails."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.features.window import HostWindow
from advisor.pages import measured
from advisor.vocabulary import PartKind


@dataclass(frozen=True, slots=True)
class CollectorRow:
    """One collector: the share of one core that it takes, and how often it failed in the last minute."""

    name: str
    cost: float | None
    failures: float


def collector_rows(host: HostWindow) -> list[CollectorRow]:
    """The collectors, those that fail first, then the dearest."""
    rows = [
        CollectorRow(
            part.name.replace("_", " "),
            measured.rate(part.track, "duration"),
            measured.total(part.track, "errors") or 0.0,
        )
        for part in host.of_kind(PartKind.COLLECTOR)
    ]
    return sorted(rows, key=lambda row: (-row.failures, -(row.cost or 0.0), row.name))
