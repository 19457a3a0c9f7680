"""What copies share out besides work: the descriptors of their connections (decision model C8)."""

from __future__ import annotations

import math
from typing import Final

from advisor.diagnosis.advice import Expectation
from advisor.diagnosis.finding import Ruling
from advisor.diagnosis.prediction import GROWTH, LONG, TARGET, Clones
from advisor.diagnosis.words import number, percent
from advisor.features import Snapshot, stats
from advisor.features.descriptors import Descriptors

CONNECTED: Final = 0.40
"""Share of open descriptors that are connections from outside from which they fill the limit: a proxy holds two
sockets a client, one each way."""


def of_kernel(ruling: Ruling) -> float:
    """The share of a kernel's descriptors that are open where that is what the ruling found, 0 to 1; else NaN."""
    held = (e.value for e in ruling.reading.evidence if e.signal == "fd_kernel" and e.holds)
    return next((share for share in held if share is not None), math.nan)


def not_of_connections(found: Descriptors) -> str:
    """That something else than connections fills a limit, so that it is neither raised nor shared out; else empty."""
    if not found.connected < CONNECTED:
        return ""
    return (
        f"Only {percent(found.connected)} of {number(found.open)} open descriptors are connections from outside: "
        "look first what the others are."
    )


def copies_by_descriptors(snapshot: Snapshot, copies: int) -> int:
    """Copies with which each uses 60% of the descriptors it may open; as many as now where nobody tells."""
    opened, limit = _mean(snapshot, "fd_open"), _mean(snapshot, "fd_limit")
    sockets, fixed = _parts(snapshot)
    room = TARGET * limit - fixed
    if not (opened > 0 and sockets > 0 and fixed >= 0 and room > 0):
        return copies
    return max(copies, math.ceil(copies * sockets * GROWTH / room))


def of_descriptors(snapshot: Snapshot, clones: Clones) -> tuple[Expectation, ...]:
    """Open descriptors of each copy: sockets are shared out, what each opens for itself is not."""
    sockets, fixed = _parts(snapshot)
    if not (sockets >= 0 and fixed >= 0):
        return ()
    then = fixed + sockets * clones.before / clones.after
    now = _mean(snapshot, "fd_open")
    return (
        # Clients come and go, and connections that are open stay where they are: a tenth either way (P1).
        Expectation(
            "fd_open", "Descriptors of each process", "{file_descriptor}", now, then * 0.9, min(now, then * 1.1)
        ),
    )


def _parts(snapshot: Snapshot) -> tuple[float, float]:
    """Descriptors of one process that are sockets, and all others."""
    opened, sockets = _mean(snapshot, "fd_open"), _mean(snapshot, "fd_sockets")
    return sockets, opened - sockets


def _mean(snapshot: Snapshot, column: str) -> float:
    return stats.mean([stats.latest(p.track, column, p.span(LONG)) for p in snapshot.processes])
