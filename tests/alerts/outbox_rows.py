"""Channels and deliveries for tests of what happens to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from advisor.alerts import dispatch
from advisor.alerts.models import Channel, Delivery
from advisor.recommendations import ledger
from advisor.recommendations.models import Transition
from advisor.vocabulary import Verdict
from tests.recommendations.judgements import NOW, T, judgement, service

SECRET = "whsec_" + "QUJD" * 10


def channel(kind: str = "email", **config: Any) -> Channel:
    """The only channel of the database."""
    Channel.objects.all().delete()
    return another_channel(kind, **config)


def another_channel(kind: str = "email", **config: Any) -> Channel:
    return Channel.objects.create(kind=kind, name=kind.title(), config=config)


def opened(name: str = "checkout") -> Transition:
    """A recommendation of a new service that opens."""
    (step,) = ledger.record(judgement(service(name).pk, Verdict.FIRING, name=name), NOW).transitions
    return step


def resolved(step: Transition) -> Transition:
    """The end of the recommendation that `step` opened."""
    end = judgement(step.recommendation.service_id, Verdict.CLEAR, T + 60)
    (last,) = ledger.record(end, NOW + timedelta(minutes=1)).transitions
    return last


def delivery(now: datetime | None = None) -> Delivery:
    """One delivery of an opened recommendation to the only channel."""
    (found,) = dispatch.tell([opened()], now or timezone.now())
    return Delivery.objects.get(pk=found)
