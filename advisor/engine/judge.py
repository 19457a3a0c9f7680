"""One look at one service: every rule's ruling, and advice where something forms or fires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

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
from advisor.diagnosis.confidence import SILENT, contested
from advisor.diagnosis.entry import with_limits
from advisor.engine.gate import unanswerable
from advisor.engine.hold import Hold
from advisor.engine.registry import RULES, STRATEGIES
from advisor.features import Snapshot
from advisor.vocabulary import Verdict


def judge(snapshot: Snapshot, states: Mapping[str, RuleState]) -> Judgement:
    """What every rule says of a service now, and what to do about it.

    Args:
        snapshot: the service as it is now.
        states: what was remembered of each rule by its id; rules never seen may be absent.

    Returns:
        Rulings in the order of diagnosis, each with the state to remember. Advice for rulings that
        are pending or firing and whose reading is known: while data is missing, earlier advice stays.
        Rules with a recall that was not loaded are left out: what was said of them stands.
    """
    with with_limits(snapshot.window.limits):
        return _judge(snapshot, states)


def _judge(snapshot: Snapshot, states: Mapping[str, RuleState]) -> Judgement:
    asked = [rule for rule in RULES.values() if rule.recall is None or rule.id in snapshot.window.recalled]
    readings = {rule.id: _read(rule, snapshot) for rule in asked}
    rulings = tuple(_rule(rule, _weighed(rule, readings), states.get(rule.id, RuleState()), snapshot) for rule in asked)
    concerned = (r for r in rulings if r.verdict in (Verdict.PENDING, Verdict.FIRING))
    advice = tuple(_advise(r, snapshot) for r in concerned if r.reading.condition is not Condition.UNKNOWN)
    return Judgement(snapshot.window.service_id, snapshot.now, rulings, advice)


def _read(rule: Rule, snapshot: Snapshot) -> Reading:
    missing = unanswerable(rule, snapshot)
    return Reading(Condition.UNKNOWN, missing=missing) if missing else rule.read(snapshot)


def _weighed(rule: Rule, readings: Mapping[str, Reading]) -> Reading:
    """The reading beside those that explain the same figures; what is not sure enough keeps to itself."""
    reading = readings[rule.id]
    if reading.condition is not Condition.OVER:
        return reading
    rivals = [readings[name] for name in rule.explained_by if name in readings]
    strongest = max((r.confidence for r in rivals), default=0.0)  # also of one that is not over yet (1.2)
    sure = contested(reading.confidence, strongest)
    return replace(reading, confidence=sure, condition=Condition.OVER if sure >= SILENT else Condition.BETWEEN)


def _rule(rule: Rule, reading: Reading, state: RuleState, snapshot: Snapshot) -> Ruling:
    pace = rule.recall.pace if rule.recall else 0.0
    hold = Hold(rule.hold / snapshot.time_scale, rule.clear_hold / snapshot.time_scale, pace / snapshot.time_scale)
    after = replace(hold.next(state, reading.condition, snapshot.now), seen=snapshot.now)
    return Ruling(
        rule=rule.id,
        title=rule.title,
        verdict=after.verdict,
        since=after.since,
        until=hold.until(after),
        reading=reading,
        state=after,
    )


def _advise(ruling: Ruling, snapshot: Snapshot) -> Advice:
    answers = [STRATEGIES[name].answer(snapshot, ruling) for name in RULES[ruling.rule].suggests]
    options = [answer for answer in answers if isinstance(answer, Option)]
    # The rule lists its ways out best first; one that is itself unsure goes behind those that are not.
    options.sort(key=lambda option: option.confidence < SILENT)
    ranked = tuple(replace(option, rank=rank) for rank, option in enumerate(options, 1))
    return Advice(ruling, ranked, tuple(answer for answer in answers if isinstance(answer, Rejection)))
