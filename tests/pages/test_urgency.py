from __future__ import annotations

from datetime import timedelta

import pytest

from advisor.fleet.models import Service
from advisor.pages import urgency
from advisor.recommendations.models import ServiceSummary
from advisor.vocabulary import Health
from tests.pages.fleet import OPTION, Cast


@pytest.mark.parametrize(
    ("changes", "health"),
    [
        ({"severity": "critical"}, Health.ACT),
        ({"severity": "warning"}, Health.ACT),
        ({"state": "acknowledged"}, Health.ACT),
        ({"severity": "info"}, Health.WATCH),
        ({"state": "forming"}, Health.WATCH),
        ({"options": [OPTION | {"family": "shrink"}]}, Health.SHRINK),
        ({"state": "snoozed"}, Health.HEALTHY),
    ],
)
def test_health_follows_the_advice(cast: Cast, changes: dict[str, object], health: Health) -> None:
    advice = cast.advise(**changes)
    assert urgency.standing(cast.service, (advice,), cast.now).health is health


@pytest.mark.parametrize(
    ("stand", "health"),
    [
        ("healthy", Health.HEALTHY),
        ("trouble", Health.HEALTHY),  # the advice on it was turned down: nobody waits for anything
        ("unknown", Health.NO_VERDICT),
        ("insufficient", Health.NO_VERDICT),
    ],
)
def test_without_advice_it_is_as_the_last_look_says(cast: Cast, stand: str, health: Health) -> None:
    ServiceSummary.objects.update(stand=stand)
    assert urgency.standing(Service.objects.get(pk=cast.service.pk), (), cast.now).health is health


def test_what_was_never_judged_is_not_called_healthy(cast: Cast) -> None:
    ServiceSummary.objects.all().delete()
    assert urgency.standing(Service.objects.get(pk=cast.service.pk), (), cast.now).health is Health.NO_VERDICT


def test_what_is_held_back_is_watched_and_stands_last(cast: Cast) -> None:
    held = cast.advise(rule="a", severity="critical", held_back_by="b")
    cause = cast.advise(rule="b", severity="info")
    (found,) = urgency.standings([cast.service], [held, cause], cast.now)
    assert [one.rule for one in found.advice] == ["b", "a"]
    assert found.health is Health.WATCH


def test_silence_outweighs_old_advice(cast: Cast) -> None:
    later = cast.now + urgency.SILENT_AFTER + timedelta(seconds=1)
    assert urgency.standing(cast.service, (cast.advise(),), later).health is Health.NO_DATA


def test_the_worst_of_several_counts_and_stands_first(cast: Cast) -> None:
    forming = cast.advise(rule="a", state="forming")
    warning = cast.advise(rule="b", severity="warning")
    critical = cast.advise(rule="c", severity="critical")
    (found,) = urgency.standings([cast.service], [forming, warning, critical], cast.now)
    assert found.health is Health.ACT
    assert [one.rule for one in found.advice] == ["c", "b", "a"]
    assert found.top == critical


def test_of_two_that_are_as_urgent_the_cause_stands_first_whichever_formed_earlier(cast: Cast) -> None:
    calls = cast.advise(rule="downstream-bound", formed_at=cast.now - timedelta(minutes=5))
    blocks = cast.advise(rule="event-loop-blocked")
    gone = cast.advise(rule="no-longer-there", formed_at=cast.now - timedelta(hours=1))
    (found,) = urgency.standings([cast.service], [gone, calls, blocks], cast.now)
    assert [one.rule for one in found.advice] == ["event-loop-blocked", "downstream-bound", "no-longer-there"]
