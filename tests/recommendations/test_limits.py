"""limits: what somebody sets for a service is kept with the reason, checked, and judged by."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from advisor.diagnosis import Limit
from advisor.fleet.models import Service
from advisor.pipeline import flow
from advisor.recommendations import limits
from advisor.recommendations.models import LimitOverride, Recommendation, RuleVerdict, Transition
from tests.pipeline import stored
from tests.recommendations.judgements import NOW, service

pytestmark = pytest.mark.django_db
RULE = "event-loop-saturated"


def test_what_was_set_comes_back_by_service_and_entry(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    one, other, none = service(), service(), service()
    limits.put(one, RULE, "busy", 0.9, "batch", "ann", NOW)
    limits.put(one, "cluster", next(iter(limits.entry_of("cluster").limits)), 1.5, "batch", "ann", NOW)
    limits.put(other, RULE, "busy", 0.75, "strict", "ann", NOW)
    with django_assert_num_queries(1):
        found = limits.of_services([one.pk, other.pk, none.pk])
    assert found[one.pk][RULE] == {"busy": 0.9}
    assert set(found[one.pk]) == {RULE, "cluster"}
    assert found[other.pk] == {RULE: {"busy": 0.75}}
    assert none.pk not in found


def test_setting_again_replaces_and_keeps_who_and_why() -> None:
    one = service()
    limits.put(one, RULE, "busy", 0.9, "batch", "ann", NOW)
    limits.put(one, RULE, "busy", 0.85, " measured \x00 ", "bob", NOW)
    row = LimitOverride.objects.get()
    assert (row.value, row.reason, row.set_by, row.set_at) == (0.85, "measured \ufffd", "bob", NOW)


def test_a_reset_goes_back_to_the_default() -> None:
    one = service()
    limits.put(one, RULE, "busy", 0.9, "batch", "ann", NOW)
    assert limits.reset(one, RULE, "busy")
    assert not limits.reset(one, RULE, "busy")
    assert limits.of_services([one.pk]) == {}


@pytest.mark.parametrize(
    ("value", "reason", "wrong"),
    [
        (math.nan, "why", "greater than 0"),
        (math.inf, "why", "greater than 0"),
        (0.0, "why", "greater than 0"),
        (-0.2, "why", "greater than 0"),
        (1.01, "why", "100% or less"),
        (0.9, "  ", "Say in a few words why"),
        (0.9, "x" * 501, "at most 500 characters"),
    ],
)
def test_what_cannot_be_the_limit_is_refused(value: float, reason: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        limits.put(service(), RULE, "busy", value, reason, "ann", NOW)
    assert not LimitOverride.objects.exists()


def test_the_levels_of_a_pair_stay_on_their_sides() -> None:
    one = service()
    with pytest.raises(
        ValueError, match=r"Relaxed cannot be 85%: it must be at most Busy, which is 80% .* Set Busy higher"
    ):
        limits.put(one, RULE, "relaxed", 0.85, "why", "ann", NOW)
    with pytest.raises(
        ValueError, match=r"Busy cannot be 60%: it must be at least Relaxed, which is 70% .* Relaxed lower"
    ):
        limits.put(one, RULE, "busy", 0.6, "why", "ann", NOW)
    assert not LimitOverride.objects.exists()


def test_a_limit_that_speaks_by_being_low_stays_below_the_level_at_which_it_clears() -> None:
    one = service()
    with pytest.raises(ValueError, match=r"Writing cannot be 50%: it must be at most Writing relaxed, which is 40%"):
        limits.put(one, "datastore-read-bound", "writing", 0.5, "why", "ann", NOW)
    with pytest.raises(ValueError, match=r"Writing relaxed cannot be 20%: it must be at least Writing, which is 30%"):
        limits.put(one, "datastore-read-bound", "writing_relaxed", 0.2, "why", "ann", NOW)
    limits.put(one, "datastore-read-bound", "writing", 0.35, "why", "ann", NOW)


def test_a_level_is_compared_with_what_the_service_has_and_not_with_another_s() -> None:
    one = service()
    limits.put(service(), RULE, "busy", 0.72, "strict", "ann", NOW)
    limits.put(one, RULE, "busy", 0.9, "batch", "ann", NOW)
    limits.put(one, RULE, "relaxed", 0.9, "equal levels are a step", "ann", NOW)
    with pytest.raises(ValueError, match=r"Busy cannot be 80%.* Relaxed, which is 90%"):
        limits.reset(one, RULE, "busy")
    assert limits.of_services([one.pk])[one.pk] == {RULE: {"busy": 0.9, "relaxed": 0.9}}
    assert limits.reset(one, RULE, "relaxed")
    assert limits.reset(one, RULE, "busy")


def test_a_service_whose_levels_are_equal_is_judged(settings: Settings) -> None:
    settings.TIME_SCALE = stored.SCALE
    one = stored.store(stored.built(stored.FULL))
    limits.put(one, RULE, "relaxed", 0.8, "no room between them", "ann", NOW)
    assert flow.evaluate([one.pk], stored.NOW) == 0
    assert RuleVerdict.objects.get(rule=RULE).verdict == "pending"


@pytest.mark.parametrize(
    ("limit", "value", "shown"),
    [
        (Limit(0.7, "1", ""), 0.8, "80%"),
        (Limit(2.0, "1", ""), 2.5, "2.5"),
        (Limit(1.0, "{call}/s", ""), 3, "3 calls/s"),
    ],
)
def test_a_value_is_told_in_the_unit_of_people(limit: Limit, value: float, shown: str) -> None:
    assert limits.text(limit, value) == shown


@pytest.mark.parametrize(("entry", "limit"), [("nothing", "busy"), (RULE, "nothing"), ("cache", "share")])
def test_what_does_not_exist_has_no_limit(entry: str, limit: str) -> None:
    with pytest.raises(KeyError):
        limits.put(service(), entry, limit, 0.9, "why", "ann", NOW)


def test_a_service_is_judged_by_its_own_limit_and_the_evidence_says_so(settings: Settings) -> None:
    settings.TIME_SCALE = stored.SCALE
    own, usual = (stored.store(stored.built(stored.FULL, name)) for name in ("own", "usual"))
    limits.put(own, RULE, "busy", 0.97, "it is meant to be this full", "ann", NOW)
    assert flow.evaluate([own.pk, usual.pk], stored.NOW) == 0
    verdicts = {row.service.name: row for row in RuleVerdict.objects.filter(rule=RULE)}
    assert (verdicts["own"].verdict, verdicts["usual"].verdict) == ("clear", "pending")
    busy = {name: row.reading["evidence"][0] for name, row in verdicts.items()}
    assert (busy["own"]["limit"], busy["own"]["yours"]) == (0.97, True)
    assert (busy["usual"]["limit"], busy["usual"]["yours"]) == (0.8, False)


def test_a_limit_of_a_rule_that_is_gone_does_no_harm(settings: Settings) -> None:
    settings.TIME_SCALE = stored.SCALE
    one = stored.store(stored.built(stored.IDLE))
    LimitOverride.objects.create(service=one, entry="gone", limit="busy", value=0.1, reason="old", set_at=NOW)
    assert flow.evaluate([one.pk], stored.NOW) == 0
    assert RuleVerdict.objects.get(rule=RULE).verdict == "clear"


def _fired(settings: Settings) -> Service:
    """A service whose full loop was looked at until its advice opened."""
    settings.TIME_SCALE = stored.SCALE
    one = stored.store(stored.built(stored.FULL))
    for second in range(-70, 1, 10):
        assert flow.evaluate([one.pk], stored.NOW + timedelta(seconds=second)) == 0
    assert Recommendation.objects.get().state == "open"
    return one


def test_a_limit_that_is_raised_ends_the_advice_that_it_was_raised_for(settings: Settings) -> None:
    one = _fired(settings)
    limits.put(one, RULE, "busy", 0.97, "it is meant to be this full", "ann", NOW)
    assert flow.evaluate([one.pk], stored.NOW + timedelta(seconds=1)) == 0
    assert RuleVerdict.objects.get(rule=RULE).verdict == "clear"
    assert Recommendation.objects.get().state == "resolved"


def test_advice_stays_open_and_is_told_no_second_time_where_it_is_over_by_the_new_limit_too(settings: Settings) -> None:
    one = _fired(settings)
    steps = Transition.objects.count()
    limits.put(one, RULE, "busy", 0.82, "a little more", "ann", NOW)
    assert flow.evaluate([one.pk], stored.NOW + timedelta(seconds=1)) == 0
    assert Recommendation.objects.get().state == "open"
    assert Transition.objects.count() == steps
