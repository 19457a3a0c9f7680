"""The calls of a service as evidence: how much of the time of requests they take, and since when."""

from __future__ import annotations

from advisor.diagnosis.finding import Evidence, at_least, finite
from advisor.features import Snapshot, stats
from advisor.features.impact import impact
from advisor.features.parts import Destination
from advisor.features.quick import quickest

FAILED = "failed"
"""The signal that tells the share of requests that fail."""


def evidence(called: tuple[Destination, ...], share: float) -> tuple[Evidence, ...]:
    """Of all calls together the share of the time of requests, beside the least that counts; the dearest in figures."""
    if not called:
        return ()
    first, together = called[0], stats.known_sum([one.share for one in called])
    return (
        at_least("calls_share", "Time in calls, of the time of requests", together, "1", share),
        Evidence("call_share", "Of it in this one", finite(first.share), "1", subject=first.name),
        Evidence("call_time", "Mean time of its calls", finite(first.mean), "s", subject=first.name),
        Evidence("call_time_before", "The same five minutes before", finite(first.before), "s", subject=first.name),
        Evidence("calls_of_request", "Its calls for one request", finite(first.calls), "{call}", subject=first.name),
    )


def failing(
    snapshot: Snapshot, called: tuple[Destination, ...], seconds: float, requests: float, calls: float
) -> tuple[Evidence, ...]:
    """The requests that fail, and the calls of the dearest that do, each beside the share from which they count."""
    if not called:
        return ()
    failed = impact(snapshot, seconds).failed
    return (
        at_least(FAILED, "Requests that fail", failed, "1", requests),
        at_least("call_errors", "Of its calls failed", called[0].failed, "1", calls, called[0].name),
    )


def risen(snapshot: Snapshot, called: Destination, times: float) -> Evidence:
    """What a call takes now, in times of a quick minute of the last quarter of an hour."""
    longer = called.mean / _quick(snapshot, called)
    return at_least("call_risen", "Time of its calls, of a quick minute of 15", longer, "{times}", times, called.name)


def ever(snapshot: Snapshot, called: Destination, share: float) -> Evidence:
    """What a call took in a quick minute of the last quarter of an hour, of what it takes now."""
    quick = _quick(snapshot, called) / called.mean
    return at_least("call_quickest", "Its calls in a quick minute of 15, of that", quick, "1", share, called.name)


def _quick(snapshot: Snapshot, called: Destination) -> float:
    """Seconds of a call in a quick minute of that time."""
    return quickest(snapshot, (called.kind,), called.name).mean
