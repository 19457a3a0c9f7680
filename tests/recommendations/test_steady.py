"""steady: the first option of open advice changes only for a reason that lasts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.diagnosis.advice import Judgement, Rejection
from advisor.recommendations import ledger
from advisor.recommendations.models import Recommendation
from advisor.vocabulary import Severity, Verdict
from tests.recommendations.judgements import NOW, T, advice, option, ruling, service

pytestmark = pytest.mark.django_db


class Looks:
    """Looks at one service, ten seconds apart, with these options in this order."""

    def __init__(self) -> None:
        self.service = service().pk
        self.at = T

    def __call__(self, *ids: str, verdict: Verdict = Verdict.FIRING, rejected: str = "") -> list[str]:
        self.at += 10
        one = ruling(verdict, at=self.at)
        options = tuple(option(rank, id) for rank, id in enumerate(ids, 1))
        no = (Rejection(rejected, "Turned down", "0 cores are idle"),) if rejected else ()
        told = replace(advice(one), options=options, rejected=no)
        self.changes = ledger.record(Judgement(self.service, self.at, (one,), (told,)), NOW)
        return [found["id"] for found in Recommendation.objects.get().options]


def test_another_option_comes_first_after_three_looks_in_a_row() -> None:
    look = Looks()
    assert look("cluster", "shard") == ["cluster", "shard"]
    assert look("shard", "cluster") == ["cluster", "shard"]
    assert look("shard", "cluster") == ["cluster", "shard"]
    assert look("shard", "cluster") == ["shard", "cluster"]
    assert [found["rank"] for found in Recommendation.objects.get().options] == [1, 2]
    assert Recommendation.objects.get().challenger_looks == 0


def test_back_and_forth_changes_nothing() -> None:
    look = Looks()
    look("cluster", "shard")
    for _ in range(6):
        assert look("shard", "cluster") == ["cluster", "shard"]
        assert look("cluster", "shard") == ["cluster", "shard"]
        assert look.changes.recommendations == []
    assert Recommendation.objects.get().revision == 1


def test_two_that_take_turns_do_not_add_up() -> None:
    look = Looks()
    look("cluster", "shard", "cache")
    for first in ("shard", "cache", "shard", "cache"):
        others = [name for name in ("cluster", "shard", "cache") if name != first]
        assert look(first, *others)[0] == "cluster"


def test_what_was_ruled_out_gives_way_at_once() -> None:
    look = Looks()
    look("cluster", "shard")
    assert look("shard", rejected="cluster") == ["shard"]


def test_while_it_forms_the_best_comes_first() -> None:
    look = Looks()
    look("cluster", "shard", verdict=Verdict.PENDING)
    assert look("shard", "cluster", verdict=Verdict.PENDING) == ["shard", "cluster"]
    assert look("cluster", "shard") == ["cluster", "shard"]


def test_the_kept_option_has_its_newest_figures() -> None:
    look = Looks()
    look("cluster", "shard")
    Recommendation.objects.update(options=[_old("cluster"), _old("shard")])
    look("shard", "cluster")
    assert Recommendation.objects.get().options[0]["why"] == "One core is idle."


def _old(id: str) -> dict[str, object]:
    return {"id": id, "rank": 1, "why": "Old reason."}


def _severities(*told: Severity) -> list[str]:
    """What the row says after each of these looks, ten seconds apart."""
    pk, found = service().pk, []
    for number, severity in enumerate(told, 1):
        one = ruling(Verdict.FIRING, at=T + 10 * number)
        one = replace(one, reading=replace(one.reading, severity=severity))
        ledger.record(Judgement(pk, T + 10 * number, (one,), (advice(one),)), NOW)
        found.append(Recommendation.objects.get().severity)
    return found


def test_what_was_warned_of_falls_to_no_hint_while_it_lasts() -> None:
    assert _severities(Severity.CRITICAL, Severity.INFO) == ["critical", "warning"]
    assert Recommendation.objects.get().state == "open"


def test_a_hint_may_become_a_warning_and_a_crisis_a_warning() -> None:
    told = (Severity.INFO, Severity.WARNING, Severity.CRITICAL, Severity.WARNING)
    assert _severities(*told) == ["info", "warning", "critical", "warning"]
