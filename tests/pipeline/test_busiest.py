"""busiest: read while a finding stands, and again after an hour."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from advisor.diagnosis import RuleState
from advisor.fleet.models import Service
from advisor.pipeline import busiest
from advisor.store.samples import roll_up
from advisor.vocabulary import Verdict
from tests.pipeline.stored import FULL, NOW, SCALE, built, store

pytestmark = pytest.mark.django_db

HOUR = busiest.HOUR / SCALE


@pytest.fixture
def service(settings: Settings) -> Service:
    settings.TIME_SCALE = SCALE
    found = store(built(FULL))
    roll_up(NOW + timedelta(minutes=2))
    return found


def look(service: Service, later: float = 0.0, verdict: Verdict = Verdict.FIRING) -> float:
    return busiest.of(service.pk, {"event-loop-saturated": RuleState(verdict)}, NOW.timestamp() + later)


@pytest.mark.parametrize("verdict", [Verdict.PENDING, Verdict.FIRING])
def test_it_is_read_while_a_finding_stands(service: Service, verdict: Verdict) -> None:
    assert look(service, verdict=verdict) > 0


@pytest.mark.parametrize("verdict", [Verdict.CLEAR, Verdict.UNKNOWN])
def test_it_is_not_read_where_nothing_is_wrong(
    service: Service, verdict: Verdict, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert math.isnan(look(service, verdict=verdict))


def test_it_is_read_once_an_hour(service: Service, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        first = look(service)
        assert look(service, HOUR - 1) == first
    with django_assert_num_queries(1):
        look(service, HOUR)


def test_a_new_finding_reads_it_again(service: Service, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        look(service)
        look(service, 1.0, Verdict.CLEAR)
        look(service, 2.0)


def test_each_service_has_its_own(service: Service) -> None:
    other = Service.objects.create(name="basket", serves=True, first_seen=NOW, last_seen=NOW)
    assert look(service) > 0
    assert math.isnan(look(other))
