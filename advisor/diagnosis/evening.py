"""What an even share of the work makes of the loop and the slow requests of the process that is hottest."""

from __future__ import annotations

import math

from advisor.diagnosis.advice import Expectation
from advisor.diagnosis.prediction import LONG, evened, loop_expectation
from advisor.features import Snapshot, control_groups, stats
from advisor.features.balance import Apart, Balance
from advisor.features.pieces import Piece
from advisor.features.queueing import Policy, Queue, inferred_spread


def expected(snapshot: Snapshot, found: Balance, seconds: float) -> tuple[Expectation, ...]:
    """The hot loop falls to the mean (P1); its slow requests to what an even share makes of them (P3)."""
    mean = cool_mean(found, seconds) if found.apart is Apart.SICK else even_mean(snapshot, found, seconds)
    loop = loop_expectation(found.busy, mean * 0.9, mean * 1.1)
    p95 = _p95(snapshot, found, seconds) if found.piece is Piece.REQUEST else None  # nobody times messages
    return (loop,) if p95 is None else (loop, p95)


def cool_mean(found: Balance, seconds: float) -> float:
    """What its successor does: as much as the others, if their work is shared out among all."""
    return stats.mean(_loops(found, seconds)[1:])


def _loops(found: Balance, seconds: float) -> list[float]:
    return [found.busy, *(process.loop(seconds) for process in found.others)]


def even_mean(snapshot: Snapshot, found: Balance, seconds: float) -> float:
    """What each does with an even share; on one machine they then also want its processors more often at one time."""
    loops = _loops(found, seconds)
    return evened(snapshot, loops, len(loops)) if control_groups.hosts(snapshot) == 1 else found.mean


def _p95(snapshot: Snapshot, found: Balance, seconds: float) -> Expectation | None:
    now, copies = snapshot.p95(LONG), len(found.others) + 1
    rates = [process.requests(LONG) for process in found.others]
    rate, work = stats.known_sum(rates), stats.known_sum([process.loop(LONG) for process in found.others])
    if math.isnan(now) or not (rate > 0 and work > 0):
        return None
    service, others = work / rate, stats.mean([process.latency(LONG).quantile(0.95) for process in found.others])
    spread = inferred_spread(rate, service, copies - 1, others, 0.0)
    longer = max(1.0, even_mean(snapshot, found, seconds) * copies / sum(_loops(found, seconds)))
    arrivals = stats.known_sum([found.hot.requests(LONG), *rates])
    even = Queue(arrivals, service * longer, spread, copies, Policy.LEAST_CONNECTIONS).response(0.95)
    guesses = [guess for guess in (even, others * longer) if math.isfinite(guess)]
    low, high = min(guesses) / 1.25, min(now * longer, max(guesses) * 1.25)
    return Expectation("p95", "95% of requests within", "s", now, min(low, high), high)
