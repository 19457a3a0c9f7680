"""WebSocket capacity nearly used

## What it sees
The process with the most open WebSockets holds {use:.0%} or more of what it can carry: the number at which its event
loop, its memory or its descriptors are {level:.0%} full. What one socket takes is learned from the last day, if the
number of sockets varied threefold; requests that come beside them are taken out. A limit of your own (`configured`)
counts as well.

## Why it matters
A socket stays open while it is idle, and stays with its process. A new process takes over none of those that are open,
so room has to be made before it is short.

## What to do
Raise the limit of descriptors, or the memory, where that is what runs out. Then add processes, let clients reach the
same one again (sticky sessions), and let processes pass messages on to each other (an adapter). Make clients reconnect
at random moments.

## Known limits
There is no usual number: idle sockets cost little, busy ones much. Where sockets and requests rise and fall together
their work cannot be told apart. Memory that others hold on the same machine is left to them. Failed connections and
the delay of broadcasts are not measured.

## References
- [Socket.IO: using multiple nodes](https://socket.io/docs/v4/using-multiple-nodes/)
- [Node.js: event loop utilization](https://nodejs.org/api/perf_hooks.html)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Recall, Rule, at_least
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.words import number, percent
from advisor.features import Snapshot, socket_capacity, stats
from advisor.features.descriptors import descriptors_of
from advisor.features.process import Process
from advisor.features.socket_capacity import Capacity, Resource, open_sockets
from advisor.vocabulary import Severity

_TOLD = ("websockets", "memory_rss", "heap_used", "requests")

rule = Rule(
    __name__,
    needs=("websockets",),
    suggests=("raise-limit", "vertical", "websocket-scale-out", "cluster", "load-balance", "autoscale"),
    window=60.0,
    hold=540.0,  # ten minutes are full, of which the first look has seen one
    critical_hold=240.0,  # five minutes likewise, as for a loop that is full
    clear_hold=300.0,
    place=8,
    explained_by=("host-cpu-saturated", "gc-pressure"),
    recall=Recall(
        seconds=86_400.0,
        step=300.0,
        pace=120.0,
        process=(*_TOLD, "loop_active", "loop_idle", "loop_utilization", "cpu_main"),
    ),
    use=Limit(0.80, "1", "sockets cannot be moved, so new processes must be there before the last fifth is taken"),
    relaxed=Limit(0.70, "1", "ten points below the fire level, so that noise does not reopen it", at_most="use"),
    critical=Limit(0.95, "1", "the next clients that reconnect together fill it"),
    level=Limit(0.80, "1", "Platformatic adds a worker at a loop of 0.8; the others alike (C10)"),
    busy=Limit(0.50, "1", "a loop that idles half of its time is not what sockets have filled"),
    refused=Limit(0.90, "1", "GitLab's hard limit for open descriptors: where sockets hold them, it is not waited for"),
    configured=Limit(0, "{connection}", "not set: how many sockets one process may hold by your own measure"),
)


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Look at the process that holds the most."""
    fullest = max(snapshot.processes, key=open_sockets)
    if open_sockets(fullest) < 1:
        return Reading(Condition.UNDER, claim=f"{snapshot.name}: 0 open WebSockets")
    past = snapshot.recalled(rule.id)
    known = list(socket_capacity.capacities(snapshot, past, fullest, rule.level))
    if rule.configured > 0:
        known.append(Capacity(Resource.CONFIGURED, rule.configured, 1.0))
    told = [capacity for capacity in known if not math.isnan(capacity.sockets)]
    smallest = min(told, key=lambda capacity: capacity.sockets, default=None)
    use = 0.0 if smallest is None else _use(fullest, smallest)
    if use < rule.relaxed and fullest.loop(rule.window) >= rule.busy and math.isnan(known[0].sockets):
        return Reading(Condition.UNKNOWN, missing=(_missing(past),))
    evidence = _evidence(fullest, known, smallest)
    return Reading(
        condition=_condition(use, evidence),
        claim=_claim(snapshot, fullest, smallest),
        evidence=evidence,
        severity=Severity.CRITICAL if use >= rule.critical else Severity.WARNING,
        confidence=_confidence(snapshot, fullest, smallest),
        hold=0.0 if smallest is not None and _is_refusing(fullest, smallest) else math.inf,
    )


def _is_refusing(process: Process, smallest: Capacity) -> bool:
    """True if descriptors are what sockets lack, so nearly that `descriptor-exhaustion` would not wait either."""
    told = descriptors_of(process, rule.window)
    return smallest.resource is Resource.DESCRIPTORS and told.lowest_now >= rule.refused * told.limit


def _use(process: Process, capacity: Capacity) -> float:
    return open_sockets(process) / capacity.sockets if capacity.sockets > 0 else math.inf


def _condition(use: float, evidence: tuple[Evidence, ...]) -> Condition:
    if use < rule.relaxed:
        return Condition.UNDER
    return Condition.OVER if all(e.holds for e in evidence if e.signal in _DECIDES) else Condition.BETWEEN


_DECIDES = ("websocket_use", "loop_utilization")


def _evidence(process: Process, known: list[Capacity], smallest: Capacity | None) -> tuple[Evidence, ...]:
    use = 0.0 if smallest is None else _use(process, smallest)
    found = [
        Evidence("websockets", "Open WebSockets", open_sockets(process), "{connection}", subject=process.name),
        at_least("websocket_use", "Share of what it can carry", use, "1", rule.use, process.name),
    ]  # fmt: skip
    if smallest is not None and smallest.resource is Resource.LOOP:
        busy = process.loop(rule.window)
        label = "Event loop busy" if process.measures_loop else "Event loop busy, estimated from CPU time"
        found.append(at_least("loop_utilization", label, busy, "1", rule.busy))
    found += [
        Evidence(f"capacity_{capacity.resource.name.lower()}", f"WebSockets by its {capacity.resource}",
                 finite(capacity.sockets), "{connection}")
        for capacity in known
    ]  # fmt: skip
    return tuple(found)


def _missing(past: Snapshot | None) -> str:
    low, high = socket_capacity.range_of(past)
    if math.isnan(low):
        return "A day of open WebSockets and event loop: what one socket takes is learned from it"
    if high < socket_capacity.RANGE * max(1.0, low):
        span = f"between {number(low)} and {number(high)}"
        return (
            f"A wider range: sockets stayed {span} over the last day, and what one takes is learned where they vary "
            "threefold. Until then set the limit `configured` of this rule"
        )
    return (
        "Sockets apart from requests: over the last day both rose and fell together. Set the limit `configured` of "
        "this rule"
    )


def _confidence(snapshot: Snapshot, process: Process, smallest: Capacity | None) -> float:
    if smallest is None:
        return 0.0
    return confidence(
        required=(stats.ramp(_use(process, smallest), rule.relaxed, rule.use),),
        support=(
            stats.ramp(smallest.fit, 0.5, 0.9),
            1.0 if smallest.resource is not Resource.LOOP or process.measures_loop else 0.3,
        ),
        coverage=snapshot.coverage(rule.window),
    )


def _claim(snapshot: Snapshot, process: Process, smallest: Capacity | None) -> str:
    held = f"{snapshot.name}: {process.name} holds {number(open_sockets(process))} open WebSockets"
    if smallest is None or math.isinf(smallest.sockets):
        return f"{held}, which fill neither its event loop nor its memory"
    allows = "allow" if smallest.resource is Resource.DESCRIPTORS else "allows"
    subject = "the limit that was set" if smallest.resource is Resource.CONFIGURED else f"its {smallest.resource}"
    whole = number(smallest.sockets)
    return f"{held}, {percent(_use(process, smallest))} of the {whole} that {subject} {allows}"
