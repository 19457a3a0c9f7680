"""What is said of a queue that nobody tells of, and of the way to let more through."""

from __future__ import annotations

import math

from advisor.diagnosis.advice import Expectation, Step
from advisor.diagnosis.finding import Evidence, Ruling, at_least
from advisor.diagnosis.recipes import pooling
from advisor.diagnosis.words import duration, percent
from advisor.features.unseen_queue import UnseenQueue

CALLS = "queue_calls"
"""The signal that tells the calls that are under way all the time."""


def claim(name: str, queue: UnseenQueue) -> str:
    """The sentence about the service of this name."""
    return (
        f"{name}: {queue.route} takes {duration(queue.now)}, and {duration(queue.quick)} in its quickest minute; for "
        f"{percent(queue.waiting)} of that it waits before its calls to {queue.called.name}, which take "
        f"{duration(queue.called.mean)} each: about {admitted(queue)} of them are under way all the time, as if "
        "nothing let more through"
    )


def evidence(
    queue: UnseenQueue | None, share: float, longer: float, always: float, asking: float
) -> tuple[Evidence, ...]:
    """What is seen of it beside the limits: time that nobody explains, how much longer, calls under way, its calls."""
    if queue is None:
        return ()
    name = queue.called.name
    return (
        at_least("queue_share", "Time of a request in neither the loop nor calls", queue.waiting, "1", share),
        at_least("queue_longer", "Time of a request, of that in its quickest minute", queue.longer, "{times}", longer,
                 queue.route),
        at_least(CALLS, "Calls under way in the quietest minute", queue.flight, "{call}", always, name),
        at_least("queue_asks", "Its calls for one request", queue.called.calls, "{call}", asking, name),
    )  # fmt: skip


def is_found(ruling: Ruling) -> bool:
    """True if a rule's evidence holds that there is such a queue."""
    return any(e.signal == CALLS and e.holds for e in ruling.reading.evidence)


def admitted(queue: UnseenQueue) -> int:
    """As many calls as seem to be let through at a time."""
    return max(1, round(queue.flight))


def wider(queue: UnseenQueue, step: float) -> int:
    """As many calls at a time as is worth a try: `step` times those that are let through now."""
    return math.ceil(step * admitted(queue))


def expected(queue: UnseenQueue) -> tuple[Expectation, ...]:
    """Between no effect, where something else lets no more through, and the quickest minute."""
    return (Expectation("request_time", f"Mean time of {queue.route}", "s", queue.now, queue.quick, queue.now),)


def steps(queue: UnseenQueue, size: int) -> tuple[Step, ...]:
    """Where to look for it, and the pool as the usual client takes it."""
    system = queue.called.name.partition(" ")[0] if queue.called.is_database else "http"
    return (
        Step(f"Look for what lets about {admitted(queue)} calls to {queue.called.name} through at a time: the "
             "size of a pool (`connections` of undici, `connectionLimit` of mysql2, `maxSockets` of an agent), a "
             "limiter such as p-limit, or a lock around the call."),
        pooling.larger(system, size),
    )  # fmt: skip
