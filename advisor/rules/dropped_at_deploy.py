"""Requests dropped at deploys

## What it sees
Around the stops of processes in a deploy, from 30 s before to 120 s after, requests fail or are cut off:
{share:.1%} of them or more, {times:.0f} times the usual share, and at least {least:.0f}. That happened in
{often:.0f} of the last three deploys, or once with {many:.0f} requests or more. Outside deploys it does not. Or
processes end with {least:.0f} requests in flight or more, {share:.1%} of those of half a minute: they handle no signal,
or exit before they have answered; {sure:.0f} are enough where they say so themselves. Or with few each time: the last
three deploys together cut off {least:.0f} or more, {share:.1%} of those of their half minutes, and {often:.0f} of them
at least {few:.0f}.

## Why it matters
Every release costs requests of users, so releases become rare and large. The same happens whenever a machine is
replaced or an autoscaler takes a process away.

## What to do
Let the process finish when it is asked to stop: fail the readiness check, stop accepting, answer what is open,
close the database, exit before the supervisor's deadline. Replace processes one by one.

## Known limits
Answers that a load balancer gives because it reached nobody are not seen from inside. Requests cut off in a process
that handles no signal are taken from its last count of requests in flight: an estimate, and mostly too low. Where a
process tells them itself, event streams and those that it has worked on for ten seconds are left out; a poll for news
that began later counts. Where nobody counts requests in flight, rate times mean duration stands for them, less the
time of routes that last ten seconds or more on the mean; without routes nothing is said of it. A process that was
killed at its supervisor's deadline tells nothing.

## References
- [Kubernetes: termination of Pods](https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination)
- [PM2: graceful shutdown](https://pm2.keymetrics.io/docs/usage/signals-clean-restart/)
"""

from __future__ import annotations

from advisor.diagnosis import Condition, Evidence, Limit, Reading, Recall, Rule, at_least
from advisor.diagnosis.confidence import confidence
from advisor.diagnosis.missing import what_to_add
from advisor.diagnosis.words import counted, number, percent
from advisor.features import Snapshot
from advisor.features.deploys import BEFORE, Loss, Losses, losses
from advisor.features.lives import ChangeKind
from advisor.vocabulary import Severity

rule = Rule(
    __name__,
    needs=("requests", "request_errors"),
    suggests=("graceful-shutdown", "cluster", "load-balance", "autoscale", "vertical"),
    window=300.0,
    hold=0.0,
    clear_hold=0.0,
    place=3,
    settles=False,
    of_lives=True,
    recall=Recall(
        seconds=3 * 86400.0,
        step=60.0,
        pace=300.0,
        process=("requests", "request_errors", "requests_active", "request_time"),
    ),
    share=Limit(0.005, "1", "one request in 200: users notice (decision model C16)"),
    times=Limit(5, "1", "five times the usual share is no chance"),
    least=Limit(10, "{request}", "fewer may be chance whatever their share"),
    sure=Limit(5, "{request}", "what a process itself tells as it ends is no chance, at two deploys", at_most="least"),
    few=Limit(2, "{request}", "one cut off may be chance; two, at two deploys, are how it stops", at_most="sure"),
    often=Limit(2, "{deployment}", "twice in three deploys is how it is released, not bad luck"),
    many=Limit(50, "{request}", "so many at once need no second time"),
    bursts=Limit(0.02, "1", "more minutes like it outside deploys than one in 50, and deploys are not the reason"),
    rough=Limit(0.8, "1", "what is left of the confidence where rate times duration stands for requests in flight"),
    goes_on=Limit(0.5, "1", "a version that goes on failing at half that share is broken, not badly stopped"),
)

LAST = 3  # deploys that are looked at


@rule.check
def check(snapshot: Snapshot) -> Reading:
    """Compare the minutes around each deploy with all others."""
    past = snapshot.recalled(rule.id)
    if past is None:
        return Reading(Condition.UNKNOWN, missing=("Three days of requests",))
    columns = {name for one in past.window.instances for name in one.track.values}
    absent = tuple(what_to_add(need) for need in rule.needs if not columns.intersection(need))
    if absent:
        return Reading(Condition.UNKNOWN, missing=absent)
    found = losses(snapshot, past, rule.least, rule.share, rule.times)
    recent = _recent(found)
    hit = _hits(recent, found.usual)
    return Reading(
        condition=_condition(recent, hit, found),
        claim=_claim(snapshot, recent, hit),
        evidence=_evidence(recent, hit, found),
        severity=Severity.WARNING,
        confidence=_confidence(hit, found),
    )


def _recent(found: Losses) -> tuple[Loss, ...]:
    """The last three times that processes were stopped, or the last three deploys where these lost requests more often.

    An autoscaler takes one idle process away after the other, and no deploy would be among three of those.
    """
    released = tuple(one for one in found.deploys if one.change.kind is ChangeKind.DEPLOY)
    return max(found.deploys[-LAST:], released[-LAST:], key=lambda some: len(_hits(some, found.usual)))


def _hits(recent: tuple[Loss, ...], usual: float) -> tuple[Loss, ...]:
    """Those that lost enough by themselves; where all together cut off as many, also those that cut off a few."""
    few = tuple(one for one in recent if one.cut >= rule.few)
    cut, share = _together(recent)
    enough = cut >= rule.least and share >= rule.share and len(few) >= rule.often
    return tuple(one for one in recent if _is_hit(one, usual) or (enough and one in few))


def _together(recent: tuple[Loss, ...]) -> tuple[float, float]:
    """Requests that these deploys cut off, and of all in the half minute before each; failed ones may be chance."""
    cut, half_minutes = sum(one.cut for one in recent), sum(one.rate for one in recent) * BEFORE
    return cut, min(1.0, cut / half_minutes) if half_minutes > 0 else 0.0


def _is_hit(one: Loss, usual: float) -> bool:
    if one.at_once >= rule.share and (one.cut >= rule.least or one.told >= rule.sure):
        return True
    if one.lost < rule.least or one.share < max(rule.share, rule.times * usual):
        return False
    return one.later < rule.goes_on * one.share


def _enough(hit: tuple[Loss, ...]) -> bool:
    return len(hit) >= rule.often or any(one.lost >= rule.many for one in hit)


def _condition(recent: tuple[Loss, ...], hit: tuple[Loss, ...], found: Losses) -> Condition:
    if _enough(hit) and found.bursts <= rule.bursts:
        return Condition.OVER
    return Condition.BETWEEN if hit or any(one.untold for one in recent) else Condition.UNDER


def _confidence(hit: tuple[Loss, ...], found: Losses) -> float:
    lost = sum(one.lost for one in hit)
    seen = 1.0 if lost and sum(one.guessed for one in hit) <= lost / 2 else 0.6
    rough = rule.rough if sum(one.reckoned for one in hit) > lost / 2 else 1.0
    alone = max(0.0, 1 - found.bursts / rule.bursts)
    return rough * confidence(required=(1.0 if _enough(hit) else 0.0,), support=(seen, alone), coverage=1.0)


def _claim(snapshot: Snapshot, recent: tuple[Loss, ...], hit: tuple[Loss, ...]) -> str:
    if not recent:
        return f"{snapshot.name}: 0 deploys in three days"
    if not hit:
        return f"{snapshot.name}: {counted(len(recent), 'deploy')} in three days cost no requests"
    last = hit[-1]
    how = "about " if last.guessed > last.lost / 2 else ""
    share = f" ({percent(last.share)})" if last.requests > 0 else ""
    return (
        f"{snapshot.name}: {len(hit)} of the last {counted(len(recent), 'deploy')} dropped requests, the newest "
        f"{how}{number(last.lost)}{share} while {counted(last.stopped, 'process')} stopped"
    )


def _evidence(recent: tuple[Loss, ...], hit: tuple[Loss, ...], found: Losses) -> tuple[Evidence, ...]:
    cut, share = _together(recent)
    told = [
        at_least("deploys", "Deploys of the last three that dropped requests", float(len(hit)), "{deployment}",
                 rule.often),
        at_least("together", "Cut off in flight at all of them", cut, "{request}", rule.least),
        at_least("together_share", "Of the requests of 30 s before each", share, "1", rule.share),
        Evidence("usual", "Requests that fail outside deploys", found.usual, "1"),
        Evidence("bursts", "Minutes outside deploys in which as many fail", found.bursts, "1", rule.bursts, "at most",
                 found.bursts <= rule.bursts),
    ]  # fmt: skip
    for one in recent:
        subject = one.change.what
        level = max(rule.share, rule.times * found.usual)
        told += [
            at_least("lost", "Requests lost around it", one.lost, "{request}", rule.least, subject),
            at_least("share", "Share of all", one.share, "1", level, subject),
            at_least("told", "In flight at their end, say the processes", one.told, "{request}", rule.sure, subject),
            at_least("cut", "Cut off in flight, of the requests of 30 s", one.at_once, "1", rule.share, subject),
            at_least("few", "Cut off in flight", one.cut, "{request}", rule.few, subject),
            Evidence("reckoned", "Of them by rate and mean duration, an estimate", one.reckoned, "{request}",
                     subject=subject),
            Evidence("unhandled", "Processes without a handler", float(one.unhandled), "{process}", subject=subject),
            Evidence("hasty", "Ended with requests in flight", float(one.hasty), "{process}", subject=subject),
        ]  # fmt: skip
    return tuple(told)
