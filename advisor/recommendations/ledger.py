"""The life of recommendations: what a judgement, or a person, changes in the rows.

A judgement moves a recommendation only along `_BY_RULE`, a person only along `_BY_PERSON`.
Everything here is one transaction under a lock on the service, so that two workers make one row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from advisor.diagnosis.advice import Advice, Judgement
from advisor.diagnosis.finding import Condition, RuleState, Ruling
from advisor.fleet.models import Service
from advisor.recommendations import content
from advisor.recommendations.models import Recommendation, RuleVerdict, ServiceSummary, Transition
from advisor.recommendations.steady import is_worse_than_ever, keep_first, keep_warning
from advisor.vocabulary import Progress, Severity, Verdict

_BY_RULE: Mapping[Verdict, Mapping[Progress | None, Progress]] = {
    Verdict.PENDING: {None: Progress.FORMING},
    Verdict.FIRING: {None: Progress.OPEN, Progress.FORMING: Progress.OPEN},
    Verdict.CLEAR: {
        Progress.FORMING: Progress.RESOLVED,
        Progress.OPEN: Progress.RESOLVED,
        Progress.ACKNOWLEDGED: Progress.RESOLVED,
    },
    Verdict.UNKNOWN: {},
}
_HELD_BACK: Mapping[Progress | None, Progress] = {Progress.FORMING: Progress.RESOLVED}
"""While another finding explains it: nothing forms or opens; what is open stays, marked with its cause."""

_BY_PERSON: Mapping[Progress, frozenset[Progress]] = {
    Progress.FORMING: frozenset({Progress.DISMISSED}),
    Progress.OPEN: frozenset({Progress.ACKNOWLEDGED, Progress.DISMISSED}),
    Progress.ACKNOWLEDGED: frozenset({Progress.DISMISSED}),
}
_FOLLOWS_ITS_RULE = frozenset({Progress.FORMING, Progress.OPEN})
_FORMED_KEPT = timedelta(days=1)
_VERDICT_FIELDS = (
    "verdict", "since", "until", "over_since", "under_since", "reading", "held_back_by", "note", "evaluated_at",
)  # fmt: skip


class NotAllowed(ValueError):
    """A move that the recommendation's state does not allow; the text says which and why."""


@dataclass(slots=True)
class Changes:
    """What one judgement changed: steps in the life of recommendations, and ids of all rows that look different."""

    transitions: list[Transition] = field(default_factory=list)
    recommendations: list[int] = field(default_factory=list)


def states(service_ids: Iterable[int]) -> dict[int, dict[str, RuleState]]:
    """What is remembered of each rule, per service; a service never judged has an empty entry. One query."""
    ids = list(service_ids)
    found: dict[int, dict[str, RuleState]] = {service_id: {} for service_id in ids}
    for row in RuleVerdict.objects.filter(service_id__in=ids).defer("reading"):
        found[row.service_id][row.rule] = RuleState(
            Verdict(row.verdict), row.since, row.over_since, row.under_since, seen=row.evaluated_at
        )
    return found


@transaction.atomic
def record(judgement: Judgement, now: datetime) -> Changes:
    """Keep a judgement's verdicts and move its recommendations on.

    A judgement that is not newer than the last one recorded changes nothing, so a repeated or
    overtaken one is harmless. `now` is the server's time, for the columns that people read.
    """
    changes = Changes()
    if not _is_news(judgement):
        return changes
    _keep_verdicts(judgement)
    _keep_summary(judgement)
    alive = Recommendation.objects.filter(service_id=judgement.service_id, ended_at__isnull=True)
    rows = {row.rule: row for row in alive.select_for_update()}
    advice = {item.ruling.rule: item for item in judgement.advice}
    for ruling in judgement.rulings:
        row = rows.get(ruling.rule) or Recommendation(service_id=judgement.service_id, rule=ruling.rule, formed_at=now)
        _follow(row, ruling, advice.get(ruling.rule), now, changes)
    return changes


def forget(now: datetime) -> int:
    """Remove what formed but never opened and has ended for a day; returns how many rows went, history included."""
    return Recommendation.objects.filter(opened_at__isnull=True, ended_at__lt=now - _FORMED_KEPT).delete()[0]


@transaction.atomic
def acknowledge(recommendation_id: int, by: str, now: datetime) -> Transition:
    """A person takes it on: its content stays as it is from here.

    Raises:
        NotAllowed: it has ended, or is not open.
        Recommendation.DoesNotExist: there is none with this id.
    """
    row = _for_person(recommendation_id, Progress.ACKNOWLEDGED)
    row.acknowledged_at, row.acknowledged_by = now, by[:150]
    return _move(row, Progress.ACKNOWLEDGED, now, by)


@transaction.atomic
def dismiss(recommendation_id: int, by: str, now: datetime, note: str = "") -> Transition:
    """A person does not want it. It stays dismissed until its rule is clear, or critical where it was not.

    A later finding is a new one.

    Raises: as `acknowledge`.
    """
    return _move(_for_person(recommendation_id, Progress.DISMISSED), Progress.DISMISSED, now, by, note)


def _is_news(judgement: Judgement) -> bool:
    """Lock the service, then see whether a judgement as new as this one was recorded. False also if it is gone."""
    # FOR NO KEY UPDATE: rows that point at the service may still be written meanwhile.
    if not Service.objects.select_for_update(no_key=True).filter(pk=judgement.service_id).exists():
        return False
    verdicts = RuleVerdict.objects.filter(service_id=judgement.service_id)
    last = verdicts.aggregate(last=Max("evaluated_at"))["last"]
    return last is None or last < judgement.at


def _keep_verdicts(judgement: Judgement) -> None:
    rows = [
        RuleVerdict(
            service_id=judgement.service_id,
            rule=ruling.rule,
            verdict=ruling.verdict.value,
            since=ruling.since,
            until=ruling.until,
            over_since=ruling.state.over_since,
            under_since=ruling.state.under_since,
            reading=content.reading(ruling.reading),
            held_back_by=ruling.held_back_by,
            note=content.plain(ruling.note),
            evaluated_at=judgement.at,
        )
        for ruling in judgement.rulings
    ]
    RuleVerdict.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=("service", "rule"), update_fields=_VERDICT_FIELDS
    )


def _keep_summary(judgement: Judgement) -> None:
    summary = judgement.summary
    row = ServiceSummary(
        service_id=judgement.service_id,
        stand=summary.stand.value,
        sentence=content.plain(summary.sentence),
        missing=content.plain(list(summary.missing)),
        at=judgement.at,
    )
    ServiceSummary.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=("service",), update_fields=("stand", "sentence", "missing", "at")
    )


def _follow(row: Recommendation, ruling: Ruling, advice: Advice | None, now: datetime, changes: Changes) -> None:
    """Let one recommendation (not saved yet if there is none) follow its rule's verdict."""
    before = Progress(row.state) if row.pk else None
    held_back_by = row.held_back_by if _cannot_say(ruling) else ruling.held_back_by
    after = (_HELD_BACK if held_back_by else _BY_RULE[ruling.verdict]).get(before)
    holds = ruling.reading.condition is Condition.OVER and not ruling.held_back_by
    if before is None and (after is None or not holds):
        return
    challenge, severity = (row.challenger, row.challenger_looks), row.severity
    changed, row.held_back_by = row.held_back_by != held_back_by, held_back_by
    # A rule keeps firing for a while on weaker figures or none; what was found stays as it was when it held.
    if holds and (before is None or before in _FOLLOWS_ITS_RULE):
        changed |= _renew(row, ruling, advice, moved=after is not None)
    if before is Progress.DISMISSED and (ruling.verdict is Verdict.CLEAR or (holds and _is_crisis(row, ruling))):
        row.ended_at, changed = now, True
    if after is not None:
        changes.transitions.append(_move(row, after, now))
    elif changed:
        row.revision += 1
        row.save()
        if is_worse_than_ever(row, severity):
            changes.transitions.append(_step(row, row.state, now, note=row.severity))
    elif challenge != (row.challenger, row.challenger_looks):
        row.save(update_fields=["challenger", "challenger_looks"])
    if after is not None or changed:
        changes.recommendations.append(row.pk)


def _is_crisis(row: Recommendation, ruling: Ruling) -> bool:
    """True for what fires as critical while the row never said so: who turned down less has not turned down this."""
    is_critical = ruling.verdict is Verdict.FIRING and ruling.reading.severity is Severity.CRITICAL
    return is_critical and row.severity != Severity.CRITICAL


def _cannot_say(ruling: Ruling) -> bool:
    """True while figures are missing for a finding: then also what holds it back stays as it was last seen."""
    return ruling.reading.condition is Condition.UNKNOWN


def _renew(row: Recommendation, ruling: Ruling, advice: Advice | None, *, moved: bool) -> bool:
    """Bring the content up to date where a person would see it; a step in its life always takes the newest."""
    fresh = content.of(ruling, advice)
    if not moved and row.state == Progress.OPEN:
        fresh = keep_warning(row, keep_first(row, fresh))
    if not moved and fresh.looks_like(row):
        return False
    fresh.write_to(row)
    return True


def _for_person(recommendation_id: int, after: Progress) -> Recommendation:
    row = Recommendation.objects.select_for_update().get(pk=recommendation_id)
    if row.ended_at is not None:
        raise NotAllowed(f"This recommendation ended ({row.state}); it cannot become {after.value}.")
    if after not in _BY_PERSON.get(Progress(row.state), frozenset()):
        raise NotAllowed(f"This recommendation is {row.state}; from there it cannot become {after.value}.")
    return row


def _move(row: Recommendation, after: Progress, now: datetime, by: str = "", note: str = "") -> Transition:
    before, row.state = row.state, after.value
    if after is Progress.OPEN:
        row.opened_at, note = now, row.severity
    if after is Progress.RESOLVED:
        row.ended_at = now
    if before:
        row.revision += 1
    row.save()
    return _step(row, before, now, by, note)


def _step(row: Recommendation, before: str, now: datetime, by: str = "", note: str = "") -> Transition:
    return Transition.objects.create(recommendation=row, before=before, after=row.state, at=now, by=by[:150], note=note)
