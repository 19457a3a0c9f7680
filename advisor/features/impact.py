"""Whether users are hurt: slow answers and failed requests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from advisor.features import stats
from advisor.features.process import Process
from advisor.features.snapshot import ENOUGH_REQUESTS, Snapshot
from advisor.features.sums import sums
from advisor.vocabulary import PartKind, Role

ASIDE: Final = 0.05
"""Of what a loop does: requests that all together take less time, waits included, are not its work (judgement)."""

KEPT: Final = 0.5
"""Open connections on the mean: one for half of the time at most is a probe that comes and goes (judgement)."""


@dataclass(frozen=True, slots=True)
class Impact:
    """What users notice.

    Attributes:
        p95: seconds within which 95% of requests are answered; NaN with too few requests to tell.
        failed: share of requests answered 5xx or broken off, 0 to 1; NaN likewise.
        broken: of these, broken off before they were answered: clients left, or the service closed them.
    """

    p95: float
    failed: float
    broken: float


def impact(snapshot: Snapshot, seconds: float) -> Impact:
    """The impact over the last (scaled) seconds."""
    count = failed = broken = 0.0
    for process in snapshot.processes:
        span = process.span(seconds)
        for part in process.instance.of_kind(PartKind.ROUTE):
            told = sums(part.track, span)
            count += _known(told.total("count"))
            failed += _known(told.total("errors"))
            broken += _known(told.total("aborted"))
    if count < ENOUGH_REQUESTS:
        return Impact(snapshot.p95(seconds), math.nan, math.nan)
    return Impact(snapshot.p95(seconds), failed / count, broken / count)


def _known(total: float) -> float:
    return 0.0 if math.isnan(total) else total


def nobody_waits(snapshot: Snapshot, seconds: float) -> bool:
    """True for batch jobs and consumers of queues, as each process tells for these (scaled) seconds.

    They listen nowhere and answer nothing; or what they answer is none of their work, as probes of their health are,
    and hardly anybody keeps a connection to them, as clients would whose requests nobody counts. Workers of a cluster
    may take what their primary listens for, so of them nobody can say.
    """
    return bool(snapshot.processes) and all(is_alone(process, seconds) for process in snapshot.processes)


def is_alone(process: Process, seconds: float) -> bool:
    """The same of one process."""
    if process.instance.role == Role.WORKER or process.websockets(seconds) != 0:
        return False
    told, span = process.sums(seconds), process.span(seconds)
    if told.total("requests") == 0 and stats.peak(process.track, "listening", span) == 0:
        return True
    return told.rate("request_time") < ASIDE * process.loop(seconds) and told.level("connections") < KEPT
