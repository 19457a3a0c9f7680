"""What workers do when the bell rings: take ids, call the flow. Every task may run twice or never be rung."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from advisor.alerts import outbox
from advisor.pipeline import doorbell, flow, schedule
from advisor.pipeline.models import Schedule
from advisor.recommendations import ledger
from advisor.recommendations.models import RuleVerdict, ServiceSummary
from advisor.store import samples

ROLLING_SECONDS = 10.0
"""Seconds after which a task begins no further slice of the rollups: it may take 20 s, a slice is far shorter."""


@shared_task
def evaluate_due() -> None:
    """Look at every service that is due: the first batch here, further ones by whichever worker is free."""
    now = timezone.now()
    first, *others = schedule.due(now) or [[]]
    for batch in others:
        doorbell.evaluate(batch)
    evaluate(first)
    schedule.beat(now)


@shared_task
def evaluate(service_ids: list[int]) -> None:
    """Look at those of these services that nobody else has taken."""
    now = timezone.now()
    lease, taken = schedule.lease(service_ids, now)
    try:
        flow.evaluate(taken, now)
    finally:
        schedule.release(lease)


@shared_task
def deliver_due() -> None:
    """Send what is due: later tries, and messages whose bell was not heard."""
    outbox.send(outbox.due(timezone.now()))


@shared_task
def deliver(delivery_ids: list[str]) -> None:
    """Send these messages now."""
    outbox.send([UUID(delivery_id) for delivery_id in delivery_ids])


@shared_task
def roll_up() -> None:
    """Bring the rollups up to date; after a long outage in several tasks, so that none takes too long."""
    if samples.roll_up(timezone.now(), ROLLING_SECONDS):
        doorbell.roll_up()


@shared_task
def prune() -> None:
    """Remove what is older than it is kept, and what formed without ever opening; write down how large the rest is.

    Last go those of whom nothing is left. What looks at a service left behind goes with it; advice and limits keep it.
    """
    now = timezone.now()
    samples.prune(now)
    ledger.forget(now)
    samples.record_sizes(now)
    samples.forget_silent(now, along=(RuleVerdict, ServiceSummary, Schedule))
