"""limits: what somebody sets for a service is kept with the reason, checked, and judged by."""

from __future__ import annotations

import math

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from advisor.pipeline import flow
from advisor.recommendations import limits
from advisor.recommendations.models import LimitOverride, RuleVerdict
from tests.pipeline import stored
from tests.recommendations.judgements import NOW, service

pytestmark = pytest.mark.django_db
RULE = "event-loop-saturated"


def test_what_was_set_comes_back_by_service_and_entry(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    one, other, none = service(), service(), service()
    limits.put(one, RULE, "busy", 0.9, "batch", "ann", NOW)
    limits.put(one, "cluster", next(iter(limits.entry_of("cluster").limits)), 1.5, "batch", "ann", NOW)
    limits.put(other, RULE, "busy", 0.6, "strict", "ann", NOW)
    with django_assert_num_queries(1):
        found = limits.of_services([one.pk, other.pk, none.pk])
    assert found[one.pk][RULE] == {"busy": 0.9}
    assert set(found[one.pk]) == {RULE, "cluster"}
    assert found[other.pk] == {RULE: {"busy": 0.6}}
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


@pytest.mark.parametrize(("entry", "limit"), [("nothing", "busy"), (RULE, "nothing")])
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
