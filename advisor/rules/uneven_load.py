"""Uneven load

## What it sees
Over ten minutes one process's event loop is busy {ratio:.2f} times as much as the mean of all or more, and the loops
differ by {variation:.0%} of their mean or more, and by at least {noise:.0f} times what chance makes of so many
requests, or messages of WebSockets. It is the same process in {minutes:.0%} of the minutes. And it matters: its loop
is {hot:.0%} busy or more, or 95% of its requests take {slower:.1f} times as long as those of the others. Where both
is so and it is {full:.0%} busy or more, {apart:.2f} times the mean are enough: a full loop cannot show how much waits.

## Why it matters
The service is full as soon as its hottest process is. At {ratio:.2f} times the mean, a quarter of what is paid for
cannot be used, and every figure that is a mean over processes says less than it seems to.

## What to do
If it gets more of them: change how they are shared out. If it gets as many but each costs more: look for a customer or
a route that only it serves. If the same requests cost it more: take it out and replace it. If they cost every process
of its machine more: the machine is slower, and gets fewer of them.

## Known limits
Processes of one script and one release are compared, and {requests:.0f} requests are needed. Messages count in their
place where they are more and requests too short to be the work; nobody times or names them. One that does other work
by design (a scheduler under the same name) looks hot. A slower machine that runs one process alone looks like a sick
process. Without the probe loops are estimated from CPU time. Where nobody counts requests, open connections from
outside stand for them; where these do not say why one process is hotter, nothing is said.

## References
- [Node.js: cluster, on uneven distribution](https://nodejs.org/api/cluster.html#how-it-works)
- [Google: Prequal, load is not what you should balance](https://research.google/pubs/load-is-not-what-you-should-balance-introducing-prequal/)
"""

from __future__ import annotations

import math

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Rule, at_least
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.finding import finite
from advisor.diagnosis.words import number, percent
from advisor.features import Snapshot, balance, stats
from advisor.features.balance import Apart, Balance
from advisor.features.pieces import Piece
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=(
        ("loop_utilization", "loop_active", "cpu_main", "cpu_user"),
        ("requests", "websocket_received", "websocket_sent", "connections"),
    ),
    suggests=("rebalance", "optimise-code", "decompose", "cluster", "load-balance", "autoscale", "vertical"),
    window=600.0,
    hold=60.0,
    clear_hold=300.0,
    place=4,
    ratio=Limit(1.30, "1", "usable capacity is mean over max: 1.30 wastes 23%; no published limit was found"),
    relaxed=Limit(1.15, "1", "15 points below the fire level; also what counts as hot in one minute", at_most="ratio"),
    variation=Limit(0.25, "1", "the operating system's own spread, 70% of requests on 2 of 8 workers, makes 1.04"),
    noise=Limit(3.0, "1", "three times the standard deviation that counting alone would make"),
    minutes=Limit(0.8, "1", "8 of 10 minutes: a job or a burst moves on, and a hot process does not"),
    requests=Limit(300, "{request}", "10% of chance for each of three; the rest `noise` and `minutes` guard"),
    apart=Limit(
        1.19,
        "1",
        "a loop that is 95% busy above a mean of 80%, from which event-loop-saturated speaks",
        at_most="ratio",
    ),
    full=Limit(0.90, "1", "from here on pieces wait nine times as long as they take (M/M/1): demand shows in waiting"),
    hot=Limit(0.60, "1", "what loops are sized to (decision model P1): below it the hottest has room as well"),
    slower=Limit(1.5, "1", "half as slow again is beyond what equal processes differ by"),
    critical=Limit(0.95, "1", "beyond this its requests already queue"),
    estimated=Limit(0.70, "1", "what is left of the confidence where the loop is only estimated"),
)


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Compare the hottest process with the mean of those that should carry the same."""
    found = balance.of(snapshot, rule.window, rule.relaxed)
    if found is None:
        return Reading(Condition.UNDER, claim=f"{snapshot.name}: no two processes carry load that can be compared")
    if _is_untold(found):
        return Reading(Condition.UNKNOWN, missing=("Requests answered: load the probe into the Node.js processes",))
    evidence = _evidence(snapshot, found)
    return Reading(
        condition=_condition(found, evidence),
        claim=_claim(snapshot, found),
        evidence=evidence,
        severity=Severity.CRITICAL if found.busy >= rule.critical else Severity.WARNING,
        confidence=_confidence(snapshot, found),
    )


def _is_untold(found: Balance) -> bool:
    """True if nobody counts what the processes do, and connections say not why one is hotter than the others."""
    if found.piece is not Piece.CONNECTION:
        return False
    return math.isnan(found.rate) or (found.ratio >= rule.relaxed and found.apart is not Apart.MORE)


def _condition(found: Balance, evidence: tuple[Evidence, ...]) -> Condition:
    if found.ratio < rule.relaxed:
        return Condition.UNDER
    deciding = all(e.holds for e in evidence if e.signal not in _IMPACT and e.holds is not None)
    hurts = any(e.holds for e in evidence if e.signal in _IMPACT)
    return Condition.OVER if deciding and hurts else Condition.BETWEEN


_IMPACT = ("loop_utilization", "latency_ratio")


def _is_full(found: Balance) -> bool:
    """True if the hottest has no room left and its requests wait: what more it would do cannot be seen."""
    return found.busy >= rule.full and found.latency >= rule.slower


def _ratio(found: Balance) -> float:
    """From how many times the mean on it counts."""
    return rule.apart if _is_full(found) else rule.ratio


def _evidence(snapshot: Snapshot, found: Balance) -> tuple[Evidence, ...]:
    label = "Its event loop busy" if snapshot.measures_loop else "Its event loop busy, estimated from CPU time"
    name, one, variation = found.hot.name, found.piece, "Variation of the loops"
    return (
        at_least("load_ratio", "Hottest event loop, times the mean", found.ratio, "1", _ratio(found), name),
        Evidence("load_variation", variation, finite(found.variation), "1")
        if _is_full(found)
        else at_least("load_variation", variation, found.variation, "1", rule.variation),
        at_least("load_noise", "The same, times what chance makes", found.variation / found.noise, "1", rule.noise),
        at_least("hot_minutes", "Minutes in which it was hot", found.hot_minutes, "1", rule.minutes, name),
        _counted(found),
        at_least("loop_utilization", label, found.busy, "1", rule.hot, name),
        at_least("latency_ratio", "Its 95% slowest, times that of the others", found.latency, "1", rule.slower, name),
        Evidence("rate_ratio", f"Its {one}s, times those of the others", finite(found.rate), "1", subject=name),
        Evidence("price_ratio", f"Its work a {one}, times that of the others", finite(found.price), "1", subject=name),
        Evidence("gap", "Busy without computing, more than the others", finite(found.waiting), "1", subject=name),
    )


def _counted(found: Balance) -> Evidence:
    one = found.piece
    if one is Piece.CONNECTION:  # they stay where they are for long, so that few say as much as many
        return Evidence("connections", "Open connections from outside", finite(found.pieces), "{connection}")
    return at_least(f"{one}s", f"{one.capitalize()}s in the window", found.pieces, f"{{{one}}}", rule.requests)


def _confidence(snapshot: Snapshot, found: Balance) -> float:
    sure = confidence(
        required=(
            stats.ramp(found.ratio, rule.relaxed, _ratio(found)),
            1.0 if found.piece is Piece.CONNECTION else stats.ramp(found.variation / found.noise, 1.0, rule.noise),
        ),
        support=(
            max(stats.ramp(found.busy, rule.hot - 0.1, rule.hot), stats.ramp(found.latency, 1.0, rule.slower)),
            stats.ramp(found.variation, rule.variation / 2, rule.variation),
        ),
        coverage=snapshot.coverage(rule.window),
        persistence=stats.ramp(found.hot_minutes, 0.0, rule.minutes),
    )
    return sure if snapshot.measures_loop else sure * rule.estimated


def _claim(snapshot: Snapshot, found: Balance) -> str:
    rest = stats.mean([process.loop(rule.window) for process in found.others])
    count = len(found.others) + 1
    who = f"1 of {count} processes is {percent(found.busy)} busy"
    sentence = f"{snapshot.name}: {who} while the others are {percent(rest)} busy"
    if found.apart is Apart.MORE:
        more = "all" if math.isinf(found.rate) else f"{number(found.rate)} times as many"
        return f"{sentence}, because it gets {more} {found.piece}s"
    if math.isnan(found.price):
        return sentence
    if math.isinf(found.price):
        return f"{sentence}, and it {'answers no request' if found.piece is Piece.REQUEST else 'has no message'}"
    whole = ", like every process of its machine" if found.apart is Apart.SLOWER else ""
    return f"{sentence}, because a {found.piece} costs it {number(found.price)} times as much{whole}"
