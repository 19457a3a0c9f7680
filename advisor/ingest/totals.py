"""Takes running totals in: what each has gained since its last point becomes part of its reading."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from advisor.features.histogram import Histogram
from advisor.fleet.caps import Kind
from advisor.fleet.registry import Identity
from advisor.ingest import distributions, rejection
from advisor.ingest.answers import Receipt
from advisor.ingest.readings import Cumulative, Report
from advisor.store import streams
from advisor.store.streams import Increase, Point, Streams

_AT_ONCE: Final = 5_000
"""Streams of one query: SQLite takes 32,766 variables."""

_IGNORED: Final = frozenset((streams.Refusal.FIRST, streams.Refusal.REPEATED))
_REASONS: Final = {
    streams.Refusal.FIRST: rejection.FIRST,
    streams.Refusal.REPEATED: rejection.REPEATED,
    streams.Refusal.OUT_OF_ORDER: rejection.OUT_OF_ORDER,
    streams.Refusal.NO_ROOM: rejection.BEYOND[Kind.SERIES],
    streams.Refusal.TOO_MANY: rejection.TOO_MANY_TOTALS,
}


class Resolved(NamedTuple):
    """A report whose sender is known, its token, and the receipt of its request, which counts what is left out."""

    report: Report
    identity: Identity
    receipt: Receipt
    token_id: int


def take_in(resolved: Sequence[Resolved], known: Streams, now: datetime) -> None:
    """Put the gains of all running totals into their readings, inside the caller's transaction; `now` they came."""
    waiting = [(one, running) for one in resolved for running in one.report.running]
    for start in range(0, len(waiting), _AT_ONCE):
        some = waiting[start : start + _AT_ONCE]
        found = known.increases([_point(one, running) for one, running in some], now)
        for (one, running), gain in zip(some, found, strict=True):
            if not isinstance(gain, Increase):
                counts = one.receipt.ignored if gain in _IGNORED else one.receipt.rejected
                counts[_REASONS[gain]] += 1
            elif not _add(one.report, running, gain):
                one.receipt.ignored[rejection.NO_VALUE] += 1


def _point(one: Resolved, running: Cumulative) -> Point:
    identity = one.identity
    owner = f"{identity.instance_id}" if identity.instance_id is not None else f"host {identity.host_id}"
    key = hashlib.blake2b(owner.encode() + b"\0" + running.stream, digest_size=16).digest()
    return Point(key, running.time_us, running.start_us, running.value, one.token_id, owner)


def _add(report: Report, running: Cumulative, gain: Increase) -> bool:
    """Put a gain into its reading; False where it says nothing."""
    reading = report.readings[running.time_us]
    if isinstance(gain.value, Histogram):
        added = gain.value
        known = running.bounds is None
        spread = (
            distributions.figures(added) if known else distributions.explicit_difference(added, running.bounds or ())
        )
        return reading.spread(running.meaning, spread, gain.span)
    for target in running.meaning.targets:
        reading.put(target, gain.value, gain.span)
    return True
