"""Recommendations open once, follow their rule, and resolve once, whatever the order of judgements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from advisor.diagnosis.advice import Judgement
from advisor.diagnosis.finding import Condition, RuleState
from advisor.recommendations import ledger
from advisor.recommendations.models import Recommendation, RuleVerdict, Transition
from advisor.vocabulary import Severity, Verdict
from tests.recommendations.judgements import NOW, RULE, T, judgement, ruling, service

CLEAR, PENDING, FIRING, UNKNOWN = Verdict.CLEAR, Verdict.PENDING, Verdict.FIRING, Verdict.UNKNOWN


def steps(service_id: int, *verdicts: Verdict, start: float = T, busy: float = 0.89) -> list[tuple[str, str]]:
    """The transitions that these verdicts cause, ten seconds apart."""
    found = []
    for look, verdict in enumerate(verdicts):
        changes = ledger.record(judgement(service_id, verdict, start + 10 * look, busy), NOW)
        found += [(step.before, step.after) for step in changes.transitions]
    return found


@pytest.mark.django_db
class TestByRule:
    def test_a_finding_forms_opens_and_resolves(self) -> None:
        one = service()
        assert steps(one.pk, CLEAR, PENDING, PENDING, FIRING, FIRING, CLEAR, CLEAR) == [
            ("", "forming"),
            ("forming", "open"),
            ("open", "resolved"),
        ]
        row = Recommendation.objects.get()
        assert (row.state, row.opened_at, row.ended_at) == ("resolved", NOW, NOW)

    def test_what_fires_at_once_opens_at_once(self) -> None:
        assert steps(service().pk, FIRING) == [("", "open")]

    def test_what_only_formed_was_never_open(self) -> None:
        one = service()
        assert steps(one.pk, PENDING, CLEAR) == [("", "forming"), ("forming", "resolved")]
        assert Recommendation.objects.get().opened_at is None

    def test_unknown_keeps_everything(self) -> None:
        one = service()
        steps(one.pk, FIRING)
        before = Recommendation.objects.values().get()
        assert steps(one.pk, UNKNOWN, UNKNOWN, start=T + 100) == []
        assert Recommendation.objects.values().get() == before
        assert RuleVerdict.objects.get().verdict == "unknown"

    def test_a_new_finding_after_the_end_is_a_new_row(self) -> None:
        one = service()
        steps(one.pk, FIRING, CLEAR, FIRING)
        assert sorted(Recommendation.objects.values_list("state", flat=True)) == ["open", "resolved"]

    def test_rules_and_services_do_not_touch_each_other(self) -> None:
        one, other = service(), service()
        ledger.record(judgement(one.pk, FIRING), NOW)
        ledger.record(judgement(one.pk, FIRING, T + 1, rule="event-loop-blocked"), NOW)
        ledger.record(judgement(other.pk, FIRING), NOW)
        ledger.record(judgement(one.pk, CLEAR, T + 2), NOW)
        alive = Recommendation.objects.filter(ended_at__isnull=True).values_list("service", "rule")
        assert sorted(alive) == [(one.pk, "event-loop-blocked"), (other.pk, RULE)]


@pytest.mark.django_db
class TestUpdates:
    def test_the_same_judgement_twice_changes_nothing(self) -> None:
        one = service()
        first = ledger.record(judgement(one.pk, FIRING), NOW)
        assert len(first.transitions) == len(first.recommendations) == 1
        again = ledger.record(judgement(one.pk, FIRING), NOW + timedelta(seconds=9))
        assert (again.transitions, again.recommendations) == ([], [])

    def test_an_overtaken_judgement_changes_nothing(self) -> None:
        one = service()
        steps(one.pk, FIRING, start=T + 100)
        assert steps(one.pk, CLEAR, start=T) == []
        assert RuleVerdict.objects.get().evaluated_at == T + 100

    def test_noise_is_not_written(self) -> None:
        one = service()
        steps(one.pk, FIRING)
        quiet = ledger.record(judgement(one.pk, FIRING, T + 10, busy=0.9), NOW)
        assert quiet.recommendations == []
        assert Recommendation.objects.get().revision == 1

    def test_a_real_change_is_a_new_revision(self) -> None:
        one = service()
        steps(one.pk, FIRING)
        changes = ledger.record(judgement(one.pk, FIRING, T + 10, busy=0.99), NOW)
        row = Recommendation.objects.get()
        assert changes.transitions == []
        assert changes.recommendations == [row.pk]
        assert (row.revision, row.evidence[0]["value"]) == (2, 0.99)

    @pytest.mark.parametrize("condition", [Condition.UNDER, Condition.BETWEEN, Condition.UNKNOWN])
    def test_what_was_found_stays_while_the_rule_still_fires(self, condition: Condition) -> None:
        one = service()
        steps(one.pk, FIRING)
        before = Recommendation.objects.values().get()
        weaker = ruling(FIRING, busy=0.3)
        weaker = replace(weaker, reading=replace(weaker.reading, condition=condition, claim=""))
        changes = ledger.record(Judgement(one.pk, T + 10, (weaker,), ()), NOW)
        assert (changes.transitions, changes.recommendations) == ([], [])
        assert Recommendation.objects.values().get() == before
        assert RuleVerdict.objects.get().reading["condition"] == condition

    def test_nothing_opens_on_figures_that_do_not_hold(self) -> None:
        one = service()
        silent = ruling(FIRING)
        silent = replace(silent, reading=replace(silent.reading, condition=Condition.UNKNOWN))
        assert ledger.record(Judgement(one.pk, T, (silent,), ()), NOW).transitions == []

    def test_opening_takes_the_newest_figures(self) -> None:
        one = service()
        steps(one.pk, PENDING)
        steps(one.pk, FIRING, start=T + 10, busy=0.9)
        row = Recommendation.objects.get()
        assert (row.revision, row.evidence[0]["value"]) == (2, 0.9)

    def test_a_deleted_service_is_passed_over(self) -> None:
        one = service()
        gone = one.pk
        one.delete()
        assert ledger.record(judgement(gone, FIRING), NOW).transitions == []
        assert not RuleVerdict.objects.exists()

    def test_every_rule_has_one_verdict_row(self) -> None:
        one = service()
        both = (ruling(CLEAR, "a"), ruling(UNKNOWN, "b"))
        ledger.record(Judgement(one.pk, T, both, ()), NOW)
        ledger.record(Judgement(one.pk, T + 1, both, ()), NOW)
        assert sorted(RuleVerdict.objects.values_list("rule", "verdict")) == [("a", "clear"), ("b", "unknown")]


@pytest.mark.django_db
def test_only_what_never_opened_is_forgotten() -> None:
    formed, opened, forming = service(), service(), service()
    steps(formed.pk, PENDING, CLEAR)
    steps(opened.pk, PENDING, FIRING, CLEAR)
    steps(forming.pk, PENDING)
    assert ledger.forget(NOW + timedelta(days=1)) == 0
    assert ledger.forget(NOW + timedelta(days=1, seconds=1)) == 3  # the row and its two steps
    kept = Recommendation.objects.values_list("service", flat=True)
    assert sorted(kept) == [opened.pk, forming.pk]


@pytest.mark.django_db
class TestStates:
    def test_what_was_recorded_comes_back(self) -> None:
        one, never = service(), service()
        ledger.record(judgement(one.pk, PENDING), NOW)
        assert ledger.states([one.pk, never.pk]) == {
            one.pk: {RULE: RuleState(PENDING, T, T, None, seen=T)},
            never.pk: {},
        }

    def test_one_query_for_many(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        ids = [service().pk for _ in range(5)]
        with django_assert_num_queries(1):
            ledger.states(ids)


@pytest.mark.django_db
class TestByPerson:
    def open(self) -> Recommendation:
        steps(service().pk, FIRING)
        return Recommendation.objects.get()

    def looks(self, row: Recommendation, *severities: Severity) -> list[tuple[str, str]]:
        """The steps that these looks cause while the rule fires, a minute after it opened."""
        found = []
        for look, severity in enumerate(severities):
            said = ruling(FIRING, at=T + 60 + look)
            said = replace(said, reading=replace(said.reading, severity=severity))
            steps = ledger.record(Judgement(row.service_id, T + 60 + look, (said,), ()), NOW).transitions
            found += [(step.before, step.after) for step in steps]
        return found

    def test_who_turned_down_a_warning_hears_of_the_crisis(self) -> None:
        row = self.open()
        ledger.dismiss(row.pk, "ann", NOW)
        warning, critical = Severity.WARNING, Severity.CRITICAL
        assert self.looks(row, warning, critical, critical, critical) == [("", "open")]
        row.refresh_from_db()
        assert (row.state, row.ended_at) == ("dismissed", NOW)

    def test_who_turned_down_the_crisis_hears_no_more_of_it(self) -> None:
        row = self.open()
        Recommendation.objects.update(severity="critical")
        ledger.dismiss(row.pk, "ann", NOW)
        assert self.looks(row, Severity.CRITICAL, Severity.WARNING, Severity.CRITICAL) == []

    def test_acknowledged_content_stays(self) -> None:
        row = self.open()
        step = ledger.acknowledge(row.pk, "ann", NOW)
        assert (step.before, step.after, step.by) == ("open", "acknowledged", "ann")
        assert steps(row.service_id, FIRING, start=T + 10, busy=0.99) == []
        row.refresh_from_db()
        assert (row.state, row.acknowledged_by, row.acknowledged_at) == ("acknowledged", "ann", NOW)
        assert row.evidence[0]["value"] == 0.89

    def test_acknowledged_still_resolves(self) -> None:
        row = self.open()
        ledger.acknowledge(row.pk, "ann", NOW)
        assert steps(row.service_id, CLEAR, start=T + 10) == [("acknowledged", "resolved")]

    def test_dismissed_stays_so_until_its_rule_is_clear(self) -> None:
        row = self.open()
        ledger.dismiss(row.pk, "ann", NOW, "we know")
        assert steps(row.service_id, FIRING, PENDING, UNKNOWN, start=T + 10) == []
        assert steps(row.service_id, CLEAR, start=T + 100) == []
        row.refresh_from_db()
        assert (row.state, row.ended_at) == ("dismissed", NOW)
        assert steps(row.service_id, FIRING, start=T + 200) == [("", "open")]

    @pytest.mark.parametrize("move", [ledger.acknowledge, ledger.dismiss])
    def test_what_ended_cannot_be_moved(self, move: Callable[..., Transition]) -> None:
        row = self.open()
        steps(row.service_id, CLEAR, start=T + 10)
        with pytest.raises(ledger.NotAllowed, match="ended"):
            move(row.pk, "ann", NOW)

    def test_a_move_is_made_once(self) -> None:
        row = self.open()
        ledger.acknowledge(row.pk, "ann", NOW)
        with pytest.raises(ledger.NotAllowed, match="is acknowledged"):
            ledger.acknowledge(row.pk, "ann", NOW)

    def test_none_of_this_id(self) -> None:
        with pytest.raises(Recommendation.DoesNotExist):
            ledger.dismiss(0, "ann", NOW)
