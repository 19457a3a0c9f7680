"""One look at one service: every rule's ruling, and advice where something forms or fires."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from advisor.diagnosis import (
    Advice,
    Condition,
    Judgement,
    Option,
    Reading,
    Rejection,
    Rule,
    RuleState,
    Ruling,
)
from advisor.diagnosis.confidence import SILENT
from advisor.diagnosis.entry import with_limits
from advisor.engine import notes, order, settle
from advisor.engine.gate import unanswerable
from advisor.engine.hold import Hold
from advisor.engine.registry import ENTRIES, RULES, STRATEGIES
from advisor.engine.summary import summarise
from advisor.features import Snapshot

_UNSEEN: Final = RuleState()


def judge(snapshot: Snapshot, states: Mapping[str, RuleState]) -> Judgement:
    """What every rule says of a service now, and what to do about it.

    Args:
        snapshot: the service as it is now.
        states: what was remembered of each rule by its id; rules never seen may be absent.

    Returns:
        What the look comes to, and rulings in the order of diagnosis, each with the state to remember.
        Advice for rulings that are pending or firing, known, and not held back: while data is missing,
        earlier advice stays.
        Rules with a recall that was not loaded are left out: what was said of them stands.
    """
    with with_limits(ENTRIES, snapshot.window.limits):
        return _judge(snapshot, states)


def _judge(snapshot: Snapshot, states: Mapping[str, RuleState]) -> Judgement:
    asked = [rule for rule in RULES.values() if rule.recall is None or rule.id in snapshot.window.recalled]
    wait = settle.freeze(snapshot)
    alone = {rule.id: _read(rule, snapshot, wait) for rule in asked}
    readings: dict[str, Reading] = {}
    for rule in asked:
        readings[rule.id] = order.weighed(rule, alone, readings)
    ruled = [_rule(rule, readings[rule.id], states.get(rule.id, _UNSEEN), snapshot, wait) for rule in asked]
    rulings = order.held_back(ruled, states)
    advice = tuple(_advise(ruling, rulings, snapshot) for ruling in rulings if _is_advised(ruling))
    summary = summarise(snapshot, rulings, advice, order.verdicts(rulings, states), wait)
    return Judgement(snapshot.window.service_id, snapshot.now, rulings, advice, summary)


def _is_advised(ruling: Ruling) -> bool:
    known = ruling.reading.condition is not Condition.UNKNOWN
    return ruling.verdict in order.STANDING and known and not ruling.held_back_by


def _read(rule: Rule, snapshot: Snapshot, wait: settle.Freeze | None) -> Reading:
    missing = unanswerable(rule, snapshot)
    reading = Reading(Condition.UNKNOWN, missing=missing) if missing else _marked(rule, rule.read(snapshot), snapshot)
    return settle.frozen(reading, wait) if wait and rule.settles else reading


def _marked(rule: Rule, reading: Reading, snapshot: Snapshot) -> Reading:
    """The reading with the limits marked that somebody set for this service."""
    own = snapshot.window.limits.get(rule.id)
    if not own:
        return reading
    others = {limit.value for name, limit in rule.limits.items() if name not in own}
    values = set(own.values()) - others  # of two limits of one value nobody can tell which was meant
    if not values:
        return reading
    return replace(reading, evidence=tuple(replace(e, yours=e.limit in values) for e in reading.evidence))


def _rule(rule: Rule, reading: Reading, state: RuleState, snapshot: Snapshot, wait: settle.Freeze | None) -> Ruling:
    waits = wait is not None and rule.settles
    hold, now = _hold(rule, snapshot.time_scale), snapshot.now
    after = hold.freeze(state, now) if waits else hold.next(state, reading.condition, now)
    return Ruling(
        rule=rule.id,
        title=rule.title,
        verdict=after.verdict,
        since=after.since,
        until=hold.until(after),
        reading=reading,
        state=after,
        note=wait.sentence if wait and waits else "",
    )


@cache
def _hold(rule: Rule, time_scale: float) -> Hold:
    pace = rule.recall.pace if rule.recall else 0.0
    return Hold(rule.hold / time_scale, rule.clear_hold / time_scale, pace / time_scale)


def _advise(ruling: Ruling, rulings: Sequence[Ruling], snapshot: Snapshot) -> Advice:
    answers = [STRATEGIES[name].answer(snapshot, ruling) for name in RULES[ruling.rule].suggests]
    options = [answer for answer in answers if isinstance(answer, Option)]
    rejected = [answer for answer in answers if isinstance(answer, Rejection)]
    beside = notes.beside(ruling, rulings, options, rejected)
    options, too_soon = settle.without_opposites(snapshot, ruling, options)
    # The rule lists its ways out best first; one that is itself unsure goes behind those that are not.
    options.sort(key=lambda option: option.confidence < SILENT)
    ranked = tuple(replace(option, rank=rank) for rank, option in enumerate(options, 1))
    return Advice(ruling, ranked, (*rejected, *too_soon), beside)
