"""What a cache would change, as ranges: P5 of the decision model 1.6 with an assumed hit ratio."""

from __future__ import annotations

import math
from typing import Final

from advisor.diagnosis.advice import Expectation
from advisor.diagnosis.prediction import NOW, is_censored, loop_expectation
from advisor.features import Snapshot
from advisor.features.parts import Destination
from advisor.features.route_cost import RouteCost

LEAST: Final = 0.30
"""Hit ratio, low end: fewer repeats do not pay (decision model C7)."""

MOST: Final = 0.80
"""Hit ratio, high end: judgement, keys are many and lives are short."""


def of_calls(snapshot: Snapshot, called: Destination, share: float, seconds: float) -> tuple[Expectation, ...]:
    """Calls to one place and the time of requests; `share` of the calls may be kept."""
    rate, mean, p95 = called.calls * snapshot.rps(seconds), snapshot.latency(seconds).mean, snapshot.p95(seconds)
    spent = min(1.0, called.share)
    low, high = MOST * share, LEAST * share
    found = [Expectation("calls", f"Calls to {called.name}", "{call}/s", rate, rate * (1 - low), rate * (1 - high))]
    if mean > 0:
        found.append(Expectation("request_time", "Mean time of a request", "s", mean, mean * (1 - spent * low),
                                 mean * (1 - spent * high)))  # fmt: skip
    if p95 > 0:
        # The slowest are misses, which wait as before unless what is called becomes faster with fewer calls.
        found.append(Expectation("p95", "95% of requests within", "s", p95, p95 * (1 - spent * low), p95))
    return tuple(found)


def of_sessions(active: float, share: float) -> tuple[Expectation, ...]:
    """Sessions of a datastore that run a statement; `share` of their time goes to reads that may be kept."""
    if math.isnan(active):
        return ()
    low, high = (active * (1 - ratio * share) for ratio in (MOST, LEAST))
    return (Expectation("db_active", "Active sessions", "{session}", active, low, high),)


def of_loop(snapshot: Snapshot, costs: tuple[RouteCost, ...]) -> tuple[Expectation, ...]:
    """How busy the loop is, by the 80% intervals of what these routes cost it."""
    now = snapshot.loop(NOW)
    low, high = (min(1.0, sum(figures)) for figures in ([c.low for c in costs], [c.high for c in costs]))
    # A hit in NGINX costs the loop nothing; one in Redis still costs it a call and the answer: half is sure.
    most = None if is_censored(snapshot) else now * (1 - LEAST * low / 2)
    return (loop_expectation(now, now * (1 - MOST * high), most),)
