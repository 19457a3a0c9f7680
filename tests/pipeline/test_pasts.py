"""pasts: each rule's past when it is due, and what sizes are read from once for its pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django import Settings

from advisor.diagnosis import RuleState, peak
from advisor.engine import RULES
from advisor.features.window import ServiceWindow
from advisor.fleet.models import Service
from advisor.pipeline import pasts
from advisor.store.samples import roll_up
from advisor.vocabulary import Verdict
from tests.pipeline.stored import FULL, NOW, SCALE, built, store

pytestmark = pytest.mark.django_db

PACE = peak.RECALL.pace / SCALE


@pytest.fixture
def service(settings: Settings) -> Service:
    settings.TIME_SCALE = SCALE
    found = store(built(FULL))
    roll_up(NOW + timedelta(minutes=2))
    return found


def loaded(service: Service, later: float = 0.0, **verdicts: Verdict) -> Mapping[str, ServiceWindow]:
    """What a look so many seconds later has, all rules with a recall just seen."""
    end = NOW.timestamp() + later
    window = replace(built(FULL), service_id=service.pk, end=end)
    states = {rule.id: RuleState(Verdict.CLEAR, seen=end) for rule in RULES.values() if rule.recall}
    standing = {name.replace("_", "-"): RuleState(verdict, seen=end) for name, verdict in verdicts.items()}
    return pasts.of(window, states | standing)


def test_the_busiest_hours_are_loaded_while_a_finding_stands(service: Service) -> None:
    past = loaded(service, event_loop_saturated=Verdict.FIRING)[peak.PAST]
    assert past.end - past.start == pytest.approx(peak.RECALL.seconds / SCALE)
    assert past.instances[0].track.values["loop_active"].sum() > 0
    assert loaded(service, event_loop_saturated=Verdict.CLEAR) == {}


def test_they_are_kept_for_their_pace(service: Service) -> None:
    first, again, later, back = (
        loaded(service, seconds, event_loop_saturated=Verdict.FIRING)[peak.PAST]
        for seconds in (0.0, PACE - 1, PACE, 0.0)
    )
    assert again is first
    assert later.end == first.end + PACE
    assert back.end == first.end


def test_each_service_has_its_own_and_old_ones_are_forgotten(service: Service) -> None:
    first = loaded(service, event_loop_saturated=Verdict.FIRING)[peak.PAST]
    other = store(built(FULL, "basket"))
    second = loaded(other, event_loop_saturated=Verdict.FIRING)[peak.PAST]
    assert (first.name, second.name) == ("checkout", "basket")
    assert loaded(service, event_loop_saturated=Verdict.FIRING)[peak.PAST] is first
    loaded(other, PACE, event_loop_saturated=Verdict.FIRING)
    assert loaded(service, event_loop_saturated=Verdict.FIRING)[peak.PAST] is not first
