"""Decides who is told of what. The rows are the outbox: they are written with the transition or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from advisor.alerts import message
from advisor.alerts.models import Channel, Delivery
from advisor.recommendations import export
from advisor.recommendations.models import Transition
from advisor.vocabulary import Progress

_STANDING = (Progress.OPEN, Progress.ACKNOWLEDGED)


def is_told(transition: Transition) -> bool:
    """People hear that one opened or is more severe, and that one they heard of is resolved; nothing else."""
    opened = transition.after == Progress.OPEN
    return opened or (transition.after == Progress.RESOLVED and transition.before in _STANDING)


def tell(transitions: Iterable[Transition], now: datetime) -> list[UUID]:
    """Write one `Delivery` per transition and enabled channel; call it in the transition's own transaction.

    Returns the ids of the new deliveries, due at once.
    """
    told = [transition for transition in transitions if is_told(transition)]
    channels = list(Channel.objects.filter(enabled=True)) if told else []
    deliveries = [
        Delivery(
            transition=transition,
            channel=channel,
            subject=message.subject(transition),
            payload=message.payload(transition),
            due_at=now,
        )
        for transition in told
        for channel in channels
    ]
    return [delivery.id for delivery in Delivery.objects.bulk_create(deliveries)]


def test(channel: Channel, now: datetime) -> Delivery:
    """Write a test message for one channel. It is tried once: hand its id to `outbox.attempt`."""
    payload = message.test_payload(export.moment(now))
    return Delivery.objects.create(channel=channel, subject="Test message", payload=payload, due_at=now)
