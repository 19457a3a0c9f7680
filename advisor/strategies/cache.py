"""Answer repeated reads from a cache

## When it fits
The same reads are asked again and again and wait for a dependency or a datastore, or are computed again: routes that
read and may be a little old take {share:.0%} of the time or more ({dominant:.0%} of the loop's work where the loop is
what is short). Or a cache inside the process fills the memory: then it moves out.

## When it does not
Where writes are {writes:.0%} of all requests or calls, or are what holds a datastore up. Where the cache that is there
answers less than {hits:.0%} of its look-ups, gives up keys, or has no time left: more of it would do the same. Never
for what is about money, stock or login: an old answer there sells what is gone. Never for calls that change something.

## How
Count first how often the same is asked. Then keep answers in Redis or Memcached beside their source, or whole answers
in NGINX before the service. Each has a life, one request at a time renews it, an old one stands in for a failure.

## What it costs
Memory for the cache, answers as old as their life, and keys that must hold all that an answer depends on.

## How to verify
Calls to the source fall by the hit ratio of the cache (hits / (hits + misses) of Redis) at the same load.

## References
- [Redis: key eviction](https://redis.io/docs/latest/develop/reference/eviction/)
- [NGINX: proxy_cache](https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache)
- [Memcached: about](https://docs.memcached.org/)
- [RFC 9111: HTTP caching](https://www.rfc-editor.org/rfc/rfc9111)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from advisor.diagnosis import (
    Expectation,
    Limit,
    Option,
    Rejection,
    Ruling,
    Step,
    Strategy,
    cache_effect,
    cache_fit,
    cache_room,
    stores,
)
from advisor.diagnosis.filling import filled
from advisor.diagnosis.recipes import caching, kept_answers, repeats
from advisor.diagnosis.recipes.nginx import Site
from advisor.diagnosis.words import duration, number, percent, size
from advisor.features import Snapshot, parts, stats
from advisor.features.caches import is_cache
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.OFFLOADING,
    name="A cache",
    effort="days",
    risk="medium: answers may be old, and a key that lacks something shows one reader another's answer",
    least=Limit(cache_effect.LEAST, "1", "hit ratio, low end: fewer repeats do not pay (model C7)", fixed=True),
    most=Limit(cache_effect.MOST, "1", "hit ratio, high end: judgement, keys are many and lives are short", fixed=True),
    share=Limit(cache_fit.SHARE, "1", "less of the time than a fifth is hardly felt (decision model C7)", fixed=True),
    dominant=Limit(cache_fit.DOMINANT, "1", "below half of the loop's work the rest soon fills it again", fixed=True),
    writes=Limit(cache_fit.WRITES, "1", "each write makes kept answers wrong: few are asked twice in time", fixed=True),
    hits=Limit(cache_room.HITS, "1", "fewer look-ups that find their key mean keys asked once (model 1.5)", fixed=True),
    evicted=Limit(cache_room.EVICTED, "1", "one look-up of 100 that pushes another key out: it is full", fixed=True),
    busy=Limit(cache_room.BUSY, "1", "GitLab's soft limit for the main thread of Redis", fixed=True),
    unmeasured=Limit(0.7, "1", "what is left of the confidence while no cache tells that reads repeat"),
    free=Limit(0.25, "1", "of the machine's free memory, to begin with: the rest stays for the service"),
    usual=Limit(256e6, "By", "to begin with where nobody tells of free memory"),
    small=Limit(64e6, "By", "a smaller cache hardly keeps anything"),
)

WINDOW = 300.0  # seconds in which rules of calls and datastores look
COSTS = 600.0  # seconds over which the cost of a route is found


@dataclass(frozen=True, slots=True)
class Target:
    """What a cache would answer.

    Attributes:
        title: with its number.
        why: what is asked again.
        names: the routes or statements, most time first.
        exact: what must not be kept.
        expected: what changes with the hit ratio.
        store: the datastore whose statements are meant, empty for routes.
        check: what else to see to first, with a space before it.
        before: True where NGINX comes first, for its hits cost the loop nothing.
    """

    title: str
    why: str
    names: tuple[str, ...]
    exact: tuple[str, ...]
    expected: tuple[Expectation, ...]
    store: str = ""
    check: str = ""
    before: bool = False


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Find reads that repeat and may be a little old; or say what forbids it."""
    if ruling.rule == "memory-pressure":
        return _moved(snapshot, ruling)
    if ruling.rule not in _FINDS:
        return strategy.reject(cache_fit.not_reads(snapshot, ruling))
    forbidden = cache_room.full(snapshot, WINDOW) or cache_room.futile(snapshot, WINDOW)
    found = forbidden or _FINDS[ruling.rule](snapshot, ruling)
    return strategy.reject(found) if isinstance(found, str) else _option(snapshot, ruling, found)


def _called(snapshot: Snapshot, _: Ruling) -> Target | str:
    first = next(iter(parts.destinations(snapshot, WINDOW)), None)
    if first is None or not (first.share > 0 and first.calls > 0):
        return "0 calls are told of: nobody knows what is asked again."
    spent = percent(min(1.0, first.share))
    if is_cache(first.name):
        return f"{first.name}, which takes {spent} of the time of requests, is a cache itself."
    store = first.name if first.is_database else ""
    reads = cache_fit.reads_of(snapshot, store, WINDOW)
    if isinstance(reads, str):
        return reads
    return Target(
        f"Keep answers of {first.name}, which takes {spent} of the time of requests",
        f"{cache_fit.listed(reads.names)} only read, and take {percent(reads.share)} of the time. A request makes "
        f"{number(first.calls)} calls to {first.name}, {duration(first.mean)} each.",
        reads.names,
        reads.exact,
        cache_effect.of_calls(snapshot, first, reads.share, WINDOW),
        store,
        "" if first.is_database else f" Keep only answers of GET calls to {first.name}: a POST changes something.",
    )


def _stored(snapshot: Snapshot, ruling: Ruling) -> Target | str:
    store = next((one for one in stores.used(snapshot, ruling, WINDOW) if not is_cache(one.name)), None)
    if store is None:
        return "0 datastores besides caches tell of their load."
    reads = cache_fit.reads_of(snapshot, store.name, WINDOW)
    if isinstance(reads, str):
        return reads
    return Target(
        f"Keep answers of {store.name}: reads that may be a little old take {percent(reads.share)} of the time",
        f"{cache_fit.listed(reads.names)} only read.",
        reads.names,
        reads.exact,
        cache_effect.of_sessions(store.active, reads.share),
        store.name,
        f" Check that this service asks for them: what {store.name} does is of all who use it.",
    )


def _computed(snapshot: Snapshot, _: Ruling) -> Target | str:
    found = cache_fit.computed(snapshot, COSTS)
    if isinstance(found, str):
        return found
    names = tuple(cost.name for cost in found.costs)
    return Target(
        f"Keep the answers of {names[0]}, which are computed anew for each request",
        f"{cache_fit.listed(names)} only read, and take {percent(found.share)} of the loop's work (by regression).",
        names,
        found.exact,
        cache_effect.of_loop(snapshot, found.costs),
        before=True,
    )


_FINDS: Final[dict[str, Callable[[Snapshot, Ruling], Target | str]]] = {
    "downstream-bound": _called, "datastore-read-bound": _stored, "event-loop-saturated": _computed,
}  # fmt: skip


def _option(snapshot: Snapshot, ruling: Ruling, found: Target) -> Option:
    known = cache_room.repeats(snapshot, WINDOW)
    never = f" Never keep {cache_fit.listed(found.exact)}: an old answer is wrong there." if found.exact else ""
    return strategy.option(
        found.title,
        why=(
            f"{found.why} What is kept is not done again: {percent(strategy.least)} to {percent(strategy.most)} of it "
            "is assumed until the first step has measured how often the same is asked."
        ),
        confidence=ruling.reading.confidence * (1.0 if known else strategy.unmeasured),
        cost=f"{size(_room(snapshot))} of memory to begin with",
        expected=found.expected,
        steps=_steps(snapshot, found),
        check_first=(
            "Check how old an answer may be, and what it depends on: who asks, language and tenant belong into the "
            f"key.{found.check}{never}"
        ),
    )  # fmt: skip


def _steps(snapshot: Snapshot, found: Target) -> tuple[Step, ...]:
    rate = cache_fit.rate_of(snapshot, found.names[0], found.store, WINDOW)
    before, beside = _before(snapshot, found.names), caching.beside(_room(snapshot), len(snapshot.processes))
    return (
        *repeats.measured(found.names[0], rate, strategy.least),
        *((*before, *beside) if found.before else (*beside, *before)),
    )


def _before(snapshot: Snapshot, names: tuple[str, ...]) -> tuple[Step, ...]:
    places = kept_answers.places(names)
    machines = [machine.name for machine in snapshot.machines] or ["host-1"]
    sockets = snapshot.websockets(WINDOW) > 0
    site = Site(snapshot.name, tuple(f"{name}:3000" for name in machines), websockets=sockets, answers=places)
    return kept_answers.before(site) if places else ()


def _room(snapshot: Snapshot) -> float:
    """Bytes to begin with, by the machine with most free memory."""
    free = stats.highest([machine.memory_available(WINDOW) for machine in snapshot.machines])
    return strategy.usual if math.isnan(free) else max(strategy.small, strategy.free * free)


def _moved(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """A cache inside the process fills and slows down; what grows on is a leak, which no other place mends."""
    found = filled(ruling.reading.evidence)
    if isinstance(found, str):
        return strategy.reject(found)
    full = cache_room.full(snapshot, WINDOW)
    return strategy.reject(full) if full else _out(snapshot, ruling, found.subject, found.gained)


def _out(snapshot: Snapshot, ruling: Ruling, subject: str, gained: float) -> Option:
    process = next((p for p in snapshot.processes if p.name == subject), None)
    now = math.nan if process is None else process.memory(WINDOW)
    return strategy.option(
        f"Move the cache that took {size(gained)} out of the process",
        why=(
            f"{subject} grew by {size(gained)} at equal load and slows down, as a cache does that fills. Each "
            f"process ({len(snapshot.processes)} now) keeps its own; one outside is kept once, and is bounded."
        ),
        confidence=ruling.reading.confidence * strategy.unmeasured,
        cost=f"{size(gained)} of memory on another machine, and a call for each look-up",
        expected=() if math.isnan(now) else (
            Expectation("memory_rss", "Memory of the process", "By", now, max(0.0, now - gained), now),
        ),
        steps=(*caching.bounded(), *caching.beside(max(strategy.small, gained), len(snapshot.processes))),
        check_first="Check in a heap snapshot that it is a cache: what grows and is never asked again is a leak.",
    )  # fmt: skip
