"""What another finding explains is kept and shown, but forms no advice; and what a look came to is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.diagnosis import Condition, Reading
from advisor.diagnosis.advice import Judgement, Summary
from advisor.recommendations import ledger
from advisor.recommendations.models import Recommendation, RuleVerdict, ServiceSummary
from advisor.vocabulary import Stand, Verdict
from tests.recommendations.judgements import NOW, T, judgement, ruling, service
from tests.recommendations.test_ledger import CLEAR, FIRING, PENDING, steps


def held(verdict: Verdict, at: float, service_id: int) -> Judgement:
    """A judgement in which another rule explains this one."""
    return Judgement(
        service_id, at, (replace(ruling(verdict), held_back_by="gc-pressure", note="GC comes first."),), ()
    )


@pytest.mark.django_db
class TestHeldBack:
    @pytest.mark.parametrize("verdict", [PENDING, FIRING])
    def test_nothing_forms_or_opens(self, verdict: Verdict) -> None:
        one = service()
        assert ledger.record(held(verdict, T, one.pk), NOW).transitions == []
        kept = RuleVerdict.objects.get()
        assert (kept.verdict, kept.held_back_by, kept.note) == (verdict, "gc-pressure", "GC comes first.")

    def test_what_only_formed_ends(self) -> None:
        one = service()
        steps(one.pk, PENDING)
        (step,) = ledger.record(held(FIRING, T + 10, one.pk), NOW).transitions
        assert (step.before, step.after) == ("forming", "resolved")

    def test_what_is_open_stays_as_it_was_and_is_marked(self) -> None:
        one = service()
        steps(one.pk, FIRING)
        row = Recommendation.objects.get()
        changes = ledger.record(held(FIRING, T + 10, one.pk), NOW)
        assert (changes.transitions, changes.recommendations) == ([], [row.pk])
        assert ledger.record(held(FIRING, T + 20, one.pk), NOW).recommendations == []
        marked = Recommendation.objects.get()
        assert (marked.state, marked.held_back_by, marked.options) == ("open", "gc-pressure", row.options)

    @pytest.mark.parametrize(("first", "state"), [(PENDING, "forming"), (FIRING, "open")])
    def test_while_figures_are_missing_nothing_changes(self, first: Verdict, state: str) -> None:
        """Whether it is apart from its cause is read from them."""
        one = service()
        steps(one.pk, first)
        (blind,) = held(first, T + 10, one.pk).rulings
        blind = replace(blind, reading=Reading(Condition.UNKNOWN, missing=("Fresh data",)))
        assert ledger.record(Judgement(one.pk, T + 10, (blind,), ()), NOW).recommendations == []
        row = Recommendation.objects.get()
        assert (row.state, row.held_back_by) == (state, "")

    def test_the_mark_stays_while_figures_are_missing(self) -> None:
        one = service()
        steps(one.pk, FIRING)
        ledger.record(held(FIRING, T + 10, one.pk), NOW)
        blind = replace(ruling(FIRING), reading=Reading(Condition.UNKNOWN, missing=("Fresh data",)))
        assert ledger.record(Judgement(one.pk, T + 20, (blind,), ()), NOW).recommendations == []
        assert Recommendation.objects.get().held_back_by == "gc-pressure"

    def test_the_mark_goes_with_its_cause(self) -> None:
        one = service()
        steps(one.pk, FIRING)
        ledger.record(held(FIRING, T + 10, one.pk), NOW)
        assert steps(one.pk, FIRING, start=T + 20) == []
        assert Recommendation.objects.get().held_back_by == ""
        ledger.record(held(FIRING, T + 30, one.pk), NOW)
        assert steps(one.pk, CLEAR, start=T + 40) == [("open", "resolved")]


@pytest.mark.django_db
def test_what_a_look_came_to_is_kept_once() -> None:
    one = service()
    first = replace(judgement(one.pk, CLEAR), summary=Summary(Stand.UNKNOWN, "Nobody knows.", ("the loop",)))
    ledger.record(first, NOW)
    ledger.record(replace(first, at=T + 10, summary=Summary(Stand.HEALTHY, "Nothing to do.")), NOW)
    row = ServiceSummary.objects.get()
    assert (row.stand, row.sentence, row.missing, row.at) == ("healthy", "Nothing to do.", [], T + 10)
