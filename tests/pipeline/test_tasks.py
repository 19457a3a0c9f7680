"""What the bell sets going, as functions and in a real worker."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from advisor.alerts.models import Attempt, Delivery
from advisor.celery import app
from advisor.fleet.models import Service
from advisor.pipeline import doorbell, flow, schedule, tasks
from advisor.pipeline.models import Heartbeat, Schedule
from advisor.recommendations import ledger
from advisor.recommendations.models import RuleVerdict
from advisor.store import samples
from advisor.vocabulary import Verdict
from tests.alerts.outbox_rows import channel, delivery
from tests.recommendations.judgements import T, judgement, service


class Looks:
    """Stands in for the flow: remembers who was looked at."""

    def __init__(self) -> None:
        self.ids: list[list[int]] = []
        self.trouble: Exception | None = None

    def evaluate(self, service_ids: list[int], now: datetime) -> int:
        self.ids.append(list(service_ids))
        if self.trouble:
            raise self.trouble
        return 0


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    found = Looks()
    monkeypatch.setattr(flow, "evaluate", found.evaluate)
    return found


@pytest.mark.django_db
class TestEvaluate:
    def test_everything_due_is_looked_at_once(self, looks: Looks) -> None:
        ids = [service(seen=timezone.now()).pk for _ in range(3)]
        tasks.evaluate_due()
        tasks.evaluate_due()
        assert looks.ids == [ids, []]
        assert Heartbeat.objects.get().name == Heartbeat.EVALUATION
        assert Schedule.objects.filter(lease__isnull=False).count() == 0

    def test_further_batches_are_rung_for(self, looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
        rung: list[list[int]] = []
        monkeypatch.setattr(schedule, "BATCH", 2)
        monkeypatch.setattr(doorbell, "evaluate", rung.append)
        ids = [service(seen=timezone.now()).pk for _ in range(5)]
        tasks.evaluate_due()
        assert looks.ids == [ids[:2]]
        assert rung == [ids[2:4], ids[4:]]

    def test_nothing_due_still_beats(self, looks: Looks) -> None:
        tasks.evaluate_due()
        assert looks.ids == [[]]
        assert Heartbeat.objects.exists()

    def test_a_failed_look_gives_the_lease_back(self, looks: Looks) -> None:
        looks.trouble = ZeroDivisionError()
        service(seen=timezone.now())
        with pytest.raises(ZeroDivisionError):
            tasks.evaluate_due()
        found = Schedule.objects.get()
        assert found.leased_until is None
        assert found.due_at > timezone.now()


@pytest.mark.django_db
class TestDeliver:
    @pytest.fixture(autouse=True)
    def _mail(self, monkeypatch: pytest.MonkeyPatch) -> None:
        channel()

    def test_the_sweeper_sends_what_was_not_rung_for(self) -> None:
        row = delivery()
        tasks.deliver_due()
        row.refresh_from_db()
        assert row.state == "delivered"

    def test_a_ring_sends_at_once_and_only_once(self) -> None:
        row = delivery()
        for _ in range(2):
            tasks.deliver([str(row.pk)])
        tasks.deliver_due()
        assert row.attempts.count() == 1

    def test_a_row_that_is_gone_is_passed_over(self) -> None:
        gone = str(delivery().pk)
        Delivery.objects.all().delete()
        tasks.deliver([gone])
        assert not Attempt.objects.exists()


@pytest.mark.parametrize(("is_more", "rings"), [(True, 1), (False, 0)])
def test_a_long_rollup_goes_on_in_another_task(monkeypatch: pytest.MonkeyPatch, is_more: bool, rings: int) -> None:
    heard: list[None] = []
    monkeypatch.setattr(samples, "roll_up", lambda now, seconds: is_more)
    monkeypatch.setattr(doorbell, "roll_up", lambda: heard.append(None))
    tasks.roll_up()
    assert len(heard) == rings


@pytest.mark.django_db
def test_housekeeping_passes_the_time_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, datetime]] = []
    steps = ((samples, "roll_up"), (samples, "prune"), (ledger, "forget"), (samples, "record_sizes"))
    for module, name in (*steps, (samples, "forget_silent")):
        monkeypatch.setattr(module, name, lambda now, *_, name=name, **__: asked.append((name, now)))
    tasks.roll_up()
    tasks.prune()
    assert [name for name, _ in asked] == ["roll_up", "prune", "forget", "record_sizes", "forget_silent"]
    assert all(timezone.now() - now < timedelta(minutes=1) for _, now in asked)


@pytest.mark.django_db
def test_a_judged_service_goes_with_its_verdicts_once_it_is_long_silent() -> None:
    long_ago = timezone.now() - timedelta(days=500)
    for name in ("gone", "advised"):
        ledger.record(judgement(service(name, seen=long_ago).pk, Verdict.CLEAR), long_ago)
    advised = Service.objects.get(name="advised")
    ledger.record(judgement(advised.pk, Verdict.FIRING, at=T + 30), long_ago)

    tasks.prune()

    assert list(Service.objects.all()) == [advised]
    assert {row.service_id for row in RuleVerdict.objects.all()} == {advised.pk}


def test_every_task_of_the_beat_exists() -> None:
    rung = {entry["task"] for entry in django_settings.CELERY_BEAT_SCHEDULE.values()}
    assert rung | {doorbell.EVALUATE, doorbell.DELIVER} == {name for name in app.tasks if name.startswith("advisor.")}
