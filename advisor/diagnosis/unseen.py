"""What is said of a wait that nobody tells of: a queue before calls, or for whatever it is; and the way out."""

from __future__ import annotations

import math

from advisor.diagnosis import pool_room
from advisor.diagnosis.advice import Expectation, Step
from advisor.diagnosis.finding import Evidence, Ruling, all_hold, at_least, below
from advisor.diagnosis.recipes import pooling
from advisor.diagnosis.rule import Rule
from advisor.diagnosis.words import duration, number, percent
from advisor.features.parts import Destination
from advisor.features.unseen_queue import UnseenQueue

CALLS, MORE = "queue_calls", "queue_more"
"""The signals that tell of a queue before calls (those under way all the time), and of a wait for whatever it is."""

STEP = pool_room.STEP
"""Times as many calls as are let through now are tried."""


def claim(name: str, queue: UnseenQueue, told: tuple[Evidence, ...]) -> str:
    """The sentence about the service of this name, by the evidence that holds."""
    began = f"{name}: {queue.route} takes {duration(queue.now)}, and {duration(queue.quick)} in a quick minute"
    called = _called(queue, told)
    if called is None:
        return (
            f"{began} at about as many requests; {percent(queue.waiting)} of that is neither work of the loop nor in "
            "calls that are told"
        )
    return (
        f"{began}; for {percent(queue.waiting)} of that it waits before its calls to {called.name}, which take "
        f"{duration(called.mean)} each: about {_admitted(queue)} of them are under way all the time, as if nothing let "
        "more through"
    )


def _called(queue: UnseenQueue, told: tuple[Evidence, ...]) -> Destination | None:
    """Where the calls lead that it is a queue before; None if it is a wait for whatever it is."""
    return queue.called if any(e.signal == CALLS and e.holds for e in told) else None


def evidence(queue: UnseenQueue | None, rule: Rule) -> tuple[Evidence, ...]:
    """What is seen of a queue before calls beside the rule's limits, or else of a sudden wait for whatever it is."""
    if queue is None:
        return ()
    share = at_least("queue_share", "Time of a request in neither the loop nor calls", queue.waiting, "1", rule.share)
    before = _before_calls(queue, rule)
    if all_hold(before):
        return (share, *before)
    more = below(MORE, "Requests a second, of those of that minute", queue.more, "{times}", rule.steady, queue.route)
    return (share, _longer(queue, rule.sudden), more)


def _before_calls(queue: UnseenQueue, rule: Rule) -> tuple[Evidence, ...]:
    name, asks = ("", 0.0) if queue.called is None else (queue.called.name, queue.called.calls)
    return (
        _longer(queue, rule.longer),
        at_least(CALLS, "Calls under way in the quietest minute", queue.flight, "{call}", rule.always, name),
        at_least("queue_asks", "Its calls for one request", asks, "{call}", rule.asking, name),
    )


def _longer(queue: UnseenQueue, limit: float) -> Evidence:
    label = "Time of a request, of that in a quick minute"
    return at_least("queue_longer", label, queue.longer, "{times}", limit, queue.route)


def is_sudden(told: tuple[Evidence, ...]) -> bool:
    """True if the evidence that holds is of a wait for whatever it is."""
    return all_hold(told) and any(e.signal == MORE for e in told)


def is_found(ruling: Ruling) -> bool:
    """True if a rule's evidence holds that there is one of both."""
    return any(e.signal in (CALLS, MORE) and e.holds for e in ruling.reading.evidence)


def _admitted(queue: UnseenQueue) -> int:
    """As many calls as seem to be let through at a time."""
    return max(1, round(queue.flight))


def _wider(queue: UnseenQueue) -> int:
    return math.ceil(STEP * _admitted(queue))


def title(queue: UnseenQueue, ruling: Ruling) -> str:
    """What to do, in one line."""
    called = _called(queue, ruling.reading.evidence)
    if called is None:
        return f"Find what {queue.route} waits for, and wait less for it"
    return (
        f"Let {_wider(queue)} calls to {called.name} run at a time in each process, instead of about {_admitted(queue)}"
    )


def why(queue: UnseenQueue, ruling: Ruling) -> str:
    """Why that is the way."""
    called = _called(queue, ruling.reading.evidence)
    beside = f"{percent(queue.waiting)} of the time of a request is neither work of the loop nor a call that is told."
    if called is None:
        return f"A request takes {number(queue.longer)} times as long as in a quick minute. {beside}"
    return f"So many are under way even in the quietest minute, each for {duration(called.mean)}. {beside}"


def expected(queue: UnseenQueue) -> tuple[Expectation, ...]:
    """Between no effect, where something else lets no more through, and the quickest minute."""
    return (Expectation("request_time", f"Mean time of {queue.route}", "s", queue.now, queue.quick, queue.now),)


def steps(queue: UnseenQueue, ruling: Ruling) -> tuple[Step, ...]:
    """Where to look for it, and the pool as the usual client takes it."""
    called = _called(queue, ruling.reading.evidence)
    if called is None:
        return _BLIND
    system = called.name.partition(" ")[0] if called.is_database else "http"
    return (
        Step(f"Look for what lets about {_admitted(queue)} calls to {called.name} through at a time: the size of a "
             "pool (`connections` of undici, `connectionLimit` of mysql2, `maxSockets` of an agent), a limiter such as "
             "p-limit, or a lock around the call."),
        pooling.larger(system, _wider(queue)),
    )  # fmt: skip


def check_first(queue: UnseenQueue, ruling: Ruling) -> str:
    """What to make sure of before."""
    called = _called(queue, ruling.reading.evidence)
    if called is None:
        return f"Check that {queue.route} is not held open on purpose, as long polling is."
    return f"Check that {called.name} can take {_wider(queue)} calls at a time from each process."


_BLIND = (
    Step("Let it be told: load the probe, or an OpenTelemetry SDK that instruments the clients of databases and of "
         "HTTP. Calls and pools then stand beside the requests that wait for them."),
    Step("Until then look at those that the route asks: answers of the partner, slow statements and locks of the "
         "database, a lock or a queue inside the process."),
    Step("Give each call a limit of time (signal: AbortSignal.timeout), so that none keeps a request for ever."),
)  # fmt: skip
