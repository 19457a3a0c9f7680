"""Rings for work that stands in rows. A ring that is not heard costs seconds: the sweepers find the rows."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from uuid import UUID

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

EVALUATE = "advisor.pipeline.tasks.evaluate"
DELIVER = "advisor.pipeline.tasks.deliver"
ROLL_UP = "advisor.pipeline.tasks.roll_up"
_log = logging.getLogger(__name__)


def evaluate(service_ids: Sequence[int]) -> None:
    """Ask a worker to look at these services."""
    _ring(EVALUATE, list(service_ids))


def deliver(delivery_ids: Iterable[UUID]) -> None:
    """Ask a worker to send these deliveries; nothing happens if there are none."""
    ids = [str(delivery_id) for delivery_id in delivery_ids]
    if ids:
        _ring(DELIVER, ids)


def roll_up() -> None:
    """Ask a worker to go on with the rollups."""
    _ring(ROLL_UP)


def _ring(task: str, *arguments: list[int] | list[str]) -> None:
    try:
        # Expires, so that a stopped worker does not find a heap of rings for the same rows.
        current_app.send_task(task, arguments, expires=settings.EVALUATE_SECONDS)
    except (OperationalError, OSError) as error:
        _log.warning("The broker did not take %s; the next sweep will: %s", task, error)
