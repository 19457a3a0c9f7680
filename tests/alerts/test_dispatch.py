"""Who is told of what, and that it is told with the change or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from advisor.alerts import dispatch
from advisor.alerts.models import Channel, Delivery
from advisor.diagnosis.advice import Judgement
from advisor.recommendations import ledger
from advisor.vocabulary import Severity, Verdict
from tests.alerts.outbox_rows import another_channel, channel, opened, resolved
from tests.recommendations.judgements import NOW, T, advice, judgement, ruling, service

pytestmark = pytest.mark.django_db


def test_one_delivery_per_transition_and_enabled_channel() -> None:
    first, second = channel(), another_channel("webhook")
    Channel.objects.create(kind="webhook", name="off", enabled=False)
    step = opened()
    ids = dispatch.tell([step], NOW)
    rows = Delivery.objects.filter(pk__in=ids).order_by("channel")
    assert [(row.transition_id, row.channel_id, row.state) for row in rows] == [
        (step.pk, first.pk, "due"),
        (step.pk, second.pk, "due"),
    ]
    assert {(row.subject, row.due_at, row.tries) for row in rows} == {(step.recommendation.claim, NOW, 0)}
    assert len(ids) == len(set(ids)) == 2


def test_the_end_is_told_to_those_who_heard_the_beginning() -> None:
    channel()
    step = opened()
    assert len(dispatch.tell([resolved(step)], NOW)) == 1


def test_what_formed_and_went_is_never_told() -> None:
    channel()
    one = service()
    for look, verdict in enumerate((Verdict.PENDING, Verdict.CLEAR)):
        steps = ledger.record(judgement(one.pk, verdict, T + look), NOW).transitions
        assert len(steps) == 1
        assert dispatch.tell(steps, NOW) == []


def test_an_acknowledged_one_is_told_only_at_its_end() -> None:
    channel()
    step = opened()
    acknowledged = ledger.acknowledge(step.recommendation_id, "ann", NOW)
    assert dispatch.tell([acknowledged], NOW) == []
    assert len(dispatch.tell([resolved(step)], NOW)) == 1


def test_a_dismissed_one_is_told_no_more() -> None:
    channel()
    step = opened()
    dismissed = ledger.dismiss(step.recommendation_id, "ann", NOW)
    end = judgement(step.recommendation.service_id, Verdict.CLEAR, T + 60)
    assert dispatch.tell([dismissed, *ledger.record(end, NOW).transitions], NOW) == []


def _told(*severities: Severity) -> list[list[str]]:
    """The subjects that each of these looks in a row writes, while the rule fires."""
    channel()
    one, found = service(), []
    for look, severity in enumerate(severities):
        said = ruling(Verdict.FIRING, at=T + look)
        said = replace(said, reading=replace(said.reading, severity=severity))
        steps = ledger.record(Judgement(one.pk, T + look, (said,), (advice(said),)), NOW).transitions
        ids = dispatch.tell(steps, NOW)
        found.append(list(Delivery.objects.filter(pk__in=ids).values_list("subject", flat=True)))
    return found


def test_what_becomes_more_severe_is_told_once_more() -> None:
    info, warning, critical = Severity.INFO, Severity.WARNING, Severity.CRITICAL
    told = _told(info, info, warning, warning, critical, warning, critical)
    assert [len(subjects) for subjects in told] == [1, 0, 1, 0, 1, 0, 0]
    assert told[2][0].startswith("Now warning: checkout:")
    assert told[4][0].startswith("Now critical: checkout:")


def test_what_opened_as_critical_and_goes_down_and_up_is_told_once() -> None:
    warning, critical = Severity.WARNING, Severity.CRITICAL
    assert [len(subjects) for subjects in _told(critical, warning, critical, warning)] == [1, 0, 0, 0]


def test_nobody_to_tell() -> None:
    Channel.objects.all().delete()
    assert dispatch.tell([opened()], NOW) == []


def test_the_database_refuses_to_tell_twice() -> None:
    channel()
    step = opened()
    dispatch.tell([step], NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        dispatch.tell([step], NOW)
    assert Delivery.objects.count() == 1


def test_a_change_that_is_taken_back_is_told_to_nobody() -> None:
    channel()
    with transaction.atomic():
        assert len(dispatch.tell([opened()], NOW)) == 1
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


def test_a_test_message_belongs_to_no_transition() -> None:
    row = dispatch.test(channel(), NOW + timedelta(hours=1))
    assert (row.transition, row.payload["type"]) == (None, "channel.test")
    assert row.payload["timestamp"] == "2026-01-31T13:00:00.000Z"
    assert row.payload["data"]["url"].endswith("/alerts/")
