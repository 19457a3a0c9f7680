"""Takes running totals in: what each has gained since its last point becomes part of its reading."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from advisor.features.histogram import Histogram
from advisor.fleet.registry import Identity
from advisor.ingest import distributions, rejection
from advisor.ingest.readings import Cumulative, Report
from advisor.store import streams
from advisor.store.streams import Increase, Point

_AT_ONCE: Final = 5_000
"""Streams of one query: SQLite takes 32,766 variables."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A report whose sender is known; `rejected` counts what is left out of its request."""

    report: Report
    identity: Identity
    rejected: Counter[str]


def take_in(resolved: Sequence[Resolved]) -> None:
    """Put the gains of all running totals into their readings, inside the caller's transaction."""
    waiting = [(one, running) for one in resolved for running in one.report.running]
    for start in range(0, len(waiting), _AT_ONCE):
        some = waiting[start : start + _AT_ONCE]
        found = streams.increases([_point(one.identity, running) for one, running in some])
        for (one, running), gain in zip(some, found, strict=True):
            if isinstance(gain, Increase):
                _add(one.report, running, gain)
            elif gain is streams.Refusal.OUT_OF_ORDER:
                one.rejected[rejection.OUT_OF_ORDER] += 1


def _point(identity: Identity, running: Cumulative) -> Point:
    owner = f"{identity.instance_id}" if identity.instance_id is not None else f"host {identity.host_id}"
    key = hashlib.blake2b(owner.encode() + b"\0" + running.stream, digest_size=16).digest()
    return Point(key, running.time_us, running.start_us, running.value)


def _add(report: Report, running: Cumulative, gain: Increase) -> None:
    reading = report.readings[running.time_us]
    if not isinstance(gain.value, Histogram):
        for target in running.meaning.targets:
            report.add(reading, target, gain.value, gain.span)
    elif running.bounds is None:
        report.spread(reading, running.meaning, distributions.figures(gain.value), gain.span)
    else:
        difference = distributions.explicit_difference(gain.value, running.bounds)
        report.spread(reading, running.meaning, difference, gain.span)
