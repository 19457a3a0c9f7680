"""Advice is named once on the terminal, when it opens."""

from __future__ import annotations

import pytest
from django.utils import timezone

from advisor.embedded.advice import AdviceWatch
from advisor.fleet.models import Service
from advisor.recommendations.models import Recommendation
from advisor.vocabulary import Progress, Severity

pytestmark = pytest.mark.django_db


def recommendation(rule: str, state: Progress) -> Recommendation:
    now = timezone.now()
    service, _ = Service.objects.get_or_create(name="checkout", defaults={"first_seen": now, "last_seen": now})
    return Recommendation.objects.create(
        service=service, rule=rule, state=state, severity=Severity.WARNING, claim=f"checkout: {rule}", formed_at=now
    )


def test_only_what_is_open_is_named_and_only_once() -> None:
    watch = AdviceWatch()
    forming = recommendation("forming", Progress.FORMING)
    opened = recommendation("busy", Progress.OPEN)
    (line,) = watch.lines()
    assert line.startswith("Advice: checkout: busy\n")
    assert line.endswith(f"/recommendations/{opened.id}/")
    assert watch.lines() == []

    Recommendation.objects.filter(id=forming.id).update(state=Progress.OPEN)
    (line,) = watch.lines()
    assert line.startswith("Advice: checkout: forming\n")
