"""TCP segments that a machine had to send again, as evidence beside slow calls."""

from __future__ import annotations

import math

from advisor.diagnosis.finding import Evidence, at_least
from advisor.diagnosis.words import percent
from advisor.features import Snapshot, stats

SIGNAL = "tcp_repeated"


def sent_again(snapshot: Snapshot, seconds: float, limit: float) -> tuple[Evidence, ...]:
    """Of each machine that tells it, the share over the last (scaled) seconds, beside what is too much."""
    told = []
    for machine in snapshot.machines:
        sent, again = (stats.total(machine.track, column, machine.span(seconds)) for column in ("tcp_sent", SIGNAL))
        told.append((machine.name, again / sent if sent > 0 else math.nan))
    return tuple(
        at_least(SIGNAL, "TCP segments sent again", share, "1", limit, name)
        for name, share in told if not math.isnan(share)
    )  # fmt: skip


def in_words(evidence: tuple[Evidence, ...]) -> str:
    """The end of a sentence about the machine that sends most of them again, if that is too much."""
    worst = max((e for e in evidence if e.signal == SIGNAL and e.holds), key=lambda e: e.value or 0.0, default=None)
    if worst is None or worst.value is None:
        return ""
    return f", while {worst.subject} sends {percent(worst.value)} of its TCP segments again"
