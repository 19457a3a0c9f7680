"""The whole way of a judgement, on the real store, with the real rules."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings
from redis.exceptions import RedisError

from advisor.alerts import dispatch
from advisor.alerts.models import Delivery
from advisor.diagnosis import Condition, Judgement, Reading, Recall, Rule, RuleState
from advisor.engine.judge import judge
from advisor.engine.registry import RULES
from advisor.features.snapshot import Snapshot
from advisor.features.window import ServiceWindow
from advisor.fleet.models import Service
from advisor.live import publish
from advisor.pipeline import doorbell, flow
from advisor.recommendations.models import Recommendation, RuleVerdict, Transition
from advisor.store.samples import roll_up
from tests.alerts.outbox_rows import channel
from tests.pipeline.stored import FULL, IDLE, NOW, SCALE, built, store

pytestmark = pytest.mark.django_db


class Ears:
    """Hears the bell and the hints in place of a broker."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rung: list[UUID] = []
        self.shown: list[int] = []
        monkeypatch.setattr(doorbell, "deliver", self.rung.extend)
        monkeypatch.setattr(publish, "changes", self.shown.extend)


@pytest.fixture(autouse=True)
def ears(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Ears:
    settings.TIME_SCALE = SCALE
    return Ears(monkeypatch)


def look(service: Service, *seconds: int) -> list[tuple[str, str]]:
    """Evaluate at these seconds after `NOW`; returns the transitions that followed."""
    before = set(Transition.objects.values_list("pk", flat=True))
    for second in seconds:
        assert flow.evaluate([service.pk], NOW + timedelta(seconds=second)) == 0
    news = Transition.objects.exclude(pk__in=before).order_by("pk")
    return [(step.before, step.after) for step in news]


def test_a_full_loop_forms_opens_is_told_once_and_resolves(
    ears: Ears, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    channel()
    service = store(built(FULL))
    with django_capture_on_commit_callbacks(execute=True):
        assert look(service, -70) == [("", "forming")]
        assert look(service, *range(-60, 1, 10)) == [("forming", "open")]
    row = Recommendation.objects.get()
    assert row.rule == "event-loop-saturated"
    assert row.options[0]["id"] == "cluster"
    assert "vertical" in {item["id"] for item in row.rejected}
    assert ears.rung == [Delivery.objects.get().pk]
    assert set(ears.shown) == {row.pk}

    store(built(IDLE), later=300)
    with django_capture_on_commit_callbacks(execute=True):
        assert look(service, *range(200, 301, 10)) == [("open", "resolved")]
    assert Delivery.objects.count() == 2
    assert len(ears.rung) == len(set(ears.rung)) == 2


def test_an_idle_service_is_clear_of_every_rule() -> None:
    service = store(built(IDLE))
    assert look(service, -10, 0) == []
    said = dict(RuleVerdict.objects.values_list("rule", "verdict"))
    assert said.keys() == RULES.keys()
    assert {verdict for rule, verdict in said.items() if RULES[rule].recall is None} == {"clear"}
    assert set(said.values()) <= {"clear", "unknown"}  # what looks at days has too little past to say


def test_silence_is_unknown_and_changes_no_advice() -> None:
    service = store(built(FULL))
    look(service, *range(-70, 1, 10))
    assert look(service, *range(100, 200, 10)) == []
    assert Recommendation.objects.get().state == "open"


def test_windows_load_in_one_go_for_all() -> None:
    ids = [store(built(IDLE, name)).pk for name in ("a", "b", "c")]
    asked = []
    flow.evaluate(ids, NOW)  # what looks at a longer past loads it now, and is not due again in this test
    for count in (1, 2, 3):
        with CaptureQueriesContext(connection) as queries:
            assert flow.evaluate(ids[:count], NOW + timedelta(seconds=count)) == 0
        asked.append(len(queries))
    each = asked[1] - asked[0]
    assert asked[2] - asked[1] == each <= 9  # one of them keeps what the look came to
    assert asked[0] - each <= 13  # the windows, the states and the limits, whatever the number of services


def test_one_that_fails_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = store(built(IDLE)), store(built(IDLE, "broken"))

    def fragile(snapshot: Snapshot, states: Mapping[str, RuleState]) -> Judgement:
        if snapshot.name == "broken":
            raise ZeroDivisionError
        return judge(snapshot, states)

    monkeypatch.setattr(flow, "judge", fragile)
    assert flow.evaluate([bad.pk, good.pk], NOW) == 1
    assert set(RuleVerdict.objects.values_list("service", flat=True)) == {good.pk}


def test_what_cannot_be_told_is_not_recorded_either(monkeypatch: pytest.MonkeyPatch) -> None:
    service = store(built(FULL))
    monkeypatch.setattr(dispatch, "tell", lambda transitions, now: 1 / 0)
    assert flow.evaluate([service.pk], NOW) == 1
    assert not RuleVerdict.objects.exists()
    assert not Transition.objects.exists()


def test_a_lost_hint_fails_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(ids: object) -> None:
        raise RedisError("gone")

    monkeypatch.setattr(publish, "changes", broken)
    assert look(store(built(FULL)), -70) == [("", "forming")]


def test_nothing_to_look_at_asks_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert flow.evaluate([], NOW) == 0


def test_a_deleted_service_is_passed_over() -> None:
    assert flow.evaluate([987_654], NOW) == 0


def test_a_rule_with_a_recall_gets_its_longer_past_when_it_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow

    The declaration takes this module for its file.
    """
    asked: list[ServiceWindow] = []
    slow = Rule(
        __name__, needs=(), suggests=(), window=60, hold=0, clear_hold=0, place=9,
        recall=Recall(3600.0, 60.0, pace=600.0, process=("requests",)),
    )  # fmt: skip

    @slow.check
    def check(snapshot: Snapshot) -> Reading:
        past = snapshot.recalled(slow.id)
        assert past is not None
        asked.append(past.window)
        return Reading(Condition.UNDER)

    for module in ("advisor.engine.spans", "advisor.engine.judge"):
        monkeypatch.setattr(sys.modules[module], "RULES", {**RULES, slow.id: slow})
    service = store(built(IDLE))
    roll_up(NOW)
    look(service, -150, -140)
    (past,) = asked
    assert past.end - past.start == pytest.approx(3600 / SCALE)
    assert past.instances[0].track.values["requests"].sum() > 0
    look(service, -150 + int(600 / SCALE))
    assert len(asked) == 2
