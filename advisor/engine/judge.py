"""One look at one service: every rule's ruling, and advice where something forms or fires."""

from __future__ import annotations

import logging
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
    Strategy,
)
from advisor.diagnosis.confidence import SILENT
from advisor.diagnosis.entry import with_limits
from advisor.engine import lasting, notes, order, settle
from advisor.engine.gate import unanswerable
from advisor.engine.hold import Hold
from advisor.engine.registry import ENTRIES, RULES, STRATEGIES
from advisor.engine.summary import summarise
from advisor.features import Snapshot
from advisor.features.programs import part

_log = logging.getLogger(__name__)

_UNSEEN: Final = RuleState()

FAILED: Final = "It failed on the figures of this service, and the log of the worker says where"
"""What a rule or a way out says that raised an error, which is a fault of its own and not of the data."""

NONE_LEFT: Final = "0 processes of the service are left, so nothing shows what it would bring."


def judge(snapshot: Snapshot, states: Mapping[str, RuleState]) -> Judgement:
    """What every rule says of a service now, and what to do about it.

    Args:
        snapshot: the service as it is now.
        states: what was remembered of each rule by its id; rules never seen may be absent.

    Returns:
        What the look comes to, and rulings in the order of diagnosis, each with the state to remember.
        Advice for rulings that are pending or firing, known, and not held back: while data is missing,
        earlier advice stays.
        Rules with a recall that was not loaded are left out: what was said of them stands. A rule that fails is
        unknown, and a way out that fails is none; the log tells of both.
    """
    with with_limits(ENTRIES, snapshot.window.limits):
        return _judge(snapshot, states)


def _judge(snapshot: Snapshot, states: Mapping[str, RuleState]) -> Judgement:
    asked = [rule for rule in RULES.values() if rule.recall is None or rule.id in snapshot.window.recalled]
    wait = settle.freeze(snapshot)
    alone, waits = _alone(asked, snapshot, wait)
    readings: dict[str, Reading] = {}
    for rule in asked:
        readings[rule.id] = order.weighed(rule, alone, readings)
    ruled = [
        _rule(rule, readings[rule.id], states.get(rule.id, _UNSEEN), snapshot, waits.get(rule.id)) for rule in asked
    ]
    said = order.verdicts(ruled, states)
    rulings = order.held_back(ruled, said)
    held = order.causes(rulings, said)
    fires, waiting = order.firing(rulings, states, held), order.waiting(held)
    advice = tuple(
        _advise(ruling, rulings, fires, waiting.get(ruling.rule, ()), snapshot)
        for ruling in rulings
        if _is_advised(ruling)
    )
    summary = summarise(snapshot, rulings, advice, said, wait)
    return Judgement(snapshot.window.service_id, snapshot.now, rulings, advice, summary)


def _alone(
    asked: Sequence[Rule], snapshot: Snapshot, wait: settle.Freeze | None
) -> tuple[dict[str, Reading], dict[str, settle.Freeze]]:
    """What each rule says beside no other, and for what those wait whose figures have not settled."""
    read = {rule.id: _read(rule, snapshot) for rule in asked}
    lasts = {
        rule.id: found
        for rule in asked
        if rule.settles and (found := lasting.lasting(rule, read[rule.id], snapshot, _tried))
    }
    waits = {rule.id: wait for rule in asked if wait and rule.id not in lasts and _is_disturbed(rule, snapshot)}
    return read | lasts | {name: settle.frozen(read[name], freeze) for name, freeze in waits.items()}, waits


def _is_advised(ruling: Ruling) -> bool:
    known = ruling.reading.condition is not Condition.UNKNOWN
    return ruling.verdict in order.STANDING and known and not ruling.held_back_by


def _read(rule: Rule, snapshot: Snapshot) -> Reading:
    missing = unanswerable(rule, snapshot)
    return Reading(Condition.UNKNOWN, missing=missing) if missing else _tried(rule, snapshot)


def _is_disturbed(rule: Rule, snapshot: Snapshot) -> bool:
    """True if a change disturbs the rule's figures; where none is left, how the last one ended is final."""
    return rule.settles and not (rule.of_ends and snapshot.gone)


def _tried(rule: Rule, snapshot: Snapshot) -> Reading:
    """What a rule says; one that fails cannot say, and does not silence the others."""
    try:
        return _marked(rule, rule.read(snapshot), snapshot)
    except Exception:
        _log.exception("Rule %s failed on service %s (%d)", rule.id, snapshot.name, snapshot.window.service_id)
        return Reading(Condition.UNKNOWN, missing=(FAILED,))


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
    hold, now = _hold(rule, rule.hold_of(reading), snapshot.time_scale), snapshot.now
    after = hold.freeze(state, now) if wait else hold.next(state, reading.condition, now)
    return Ruling(
        rule=rule.id,
        title=rule.title,
        verdict=after.verdict,
        since=after.since,
        until=hold.until(after),
        reading=reading,
        state=after,
        note=wait.sentence if wait else "",
    )


@cache
def _hold(rule: Rule, seconds: float, time_scale: float) -> Hold:
    pace = rule.recall.pace if rule.recall else 0.0
    return Hold(seconds / time_scale, rule.clear_hold / time_scale, pace / time_scale)


def _advise(
    ruling: Ruling,
    rulings: Sequence[Ruling],
    fires: Mapping[str, float | None],
    waiting: Sequence[str],
    snapshot: Snapshot,
) -> Advice:
    names = sorted(RULES[ruling.rule].suggests, key=lambda name: name != ruling.reading.first)
    about = part(snapshot, ruling.reading.processes) if ruling.reading.processes else snapshot
    answers = [_answer(STRATEGIES[name], ruling, fires, about) for name in names]
    options = [answer for answer in answers if isinstance(answer, Option)]
    rejected = [answer for answer in answers if isinstance(answer, Rejection)]
    beside = notes.beside(ruling, rulings, waiting, options, rejected)
    options, too_soon = settle.without_opposites(snapshot, ruling, options)
    # The rule lists its ways out best first; one that is itself unsure goes behind those that are not.
    options.sort(key=lambda option: option.confidence < SILENT)
    ranked = tuple(replace(option, rank=rank) for rank, option in enumerate(options, 1))
    return Advice(ruling, ranked, (*rejected, *too_soon), beside)


def _answer(
    strategy: Strategy, ruling: Ruling, fires: Mapping[str, float | None], snapshot: Snapshot
) -> Option | Rejection:
    """What a way out says of itself, unless another rule that fires forbids it or has it; one that fails is none."""
    if RULES[ruling.rule].of_ends and snapshot.gone and not strategy.of_ends:
        return strategy.reject(NONE_LEFT)
    try:
        answer = strategy.answer(snapshot, ruling)
    except Exception:
        _log.exception("Strategy %s failed on service %s (%d)", strategy.id, snapshot.name, snapshot.window.service_id)
        return strategy.reject(f"{FAILED}.")
    why = order.beside(answer, ruling, fires)
    return strategy.reject(why) if why else answer
