"""Sends what stands in the outbox, and remembers every try.

A row is the truth, not a message in the broker: it is leased by a conditional update, sent, and
marked. A worker that dies in between leaves a lease that runs out; the next try carries the same
id, so a receiver can tell a repeat.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from advisor.alerts.channels.base import ChannelError, sender
from advisor.alerts.models import Attempt, Channel, Delivery

LEASE_SECONDS = 60.0
"""Longer than any try may take (15 s), and short enough that a lost worker's message is soon taken over."""

WAITS = (0.0, 5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""Seconds before each try: the schedule that Standard Webhooks 1.0 recommends, 75 h 35 m in all."""

_JITTER = 0.2
_AT_ONCE_PER_CHANNEL = 2
_START_SECONDS = 4.0
"""No try starts later than this in one call, so that with the longest try it still ends within 20 s."""

_CHANNELS_AT_ONCE = 8
_PER_SWEEP = 50
_log = logging.getLogger(__name__)


def due(now: datetime) -> list[UUID]:
    """Deliveries that wait for a try, oldest first, at most 50 a channel so that none starves the others."""
    ready = _free(now).filter(~_follows())
    waiting = ready.order_by("due_at", "created_at").values_list("id", flat=True)
    channels = ready.order_by().values_list("channel", flat=True).distinct()
    return [found for channel in channels for found in waiting.filter(channel=channel)[:_PER_SWEEP]]


def send(delivery_ids: Iterable[UUID]) -> int:
    """Try each of these once, channel beside channel so that a hanging receiver delays only itself.

    Returns how many were tried; what another worker holds, or time does not suffice for, waits for the next sweep.
    """
    queues: dict[int, list[UUID]] = {}
    for delivery_id, channel_id in Delivery.objects.filter(pk__in=list(delivery_ids)).values_list("id", "channel"):
        queues.setdefault(channel_id, []).append(delivery_id)
    stop = time.monotonic() + _START_SECONDS
    if len(queues) < 2:
        return sum(_drain(queue, stop) for queue in queues.values())
    with ThreadPoolExecutor(min(len(queues), _CHANNELS_AT_ONCE), thread_name_prefix="deliver") as pool:
        return sum(pool.map(lambda queue: _drain_in_thread(queue, stop), queues.values()))


def attempt(delivery_id: UUID) -> Attempt | None:
    """Lease one delivery, hand it to its channel and log the try; None if it is not to be tried now."""
    delivery = _lease(delivery_id, timezone.now())
    if delivery is None:
        return None
    started = time.monotonic()
    error: ChannelError | None = None
    try:
        if delivery.tries > _most_tries(delivery):
            raise ChannelError("No try came to an end; the worker was lost each time.")
        if not delivery.channel.enabled:
            raise ChannelError("The channel is switched off.", permanent=True)
        answer = sender(delivery.channel.kind).send(delivery)
    except ChannelError as caught:
        error = caught
    except Exception as caught:  # a fault of ours must neither stop the others nor lose the message
        _log.exception("Channel %s failed", delivery.channel.kind)
        error = ChannelError(f"{type(caught).__name__}: {caught}")
    return _settle(delivery, time.monotonic() - started, str(error) if error else answer, error)


def wait_before(delivery: Delivery) -> timedelta | None:
    """How long until the next try, given `delivery.tries`; None when there is none.

    The spread of 20 % either way comes from the id, so it is the same whoever computes it.
    """
    if delivery.tries >= _most_tries(delivery):
        return None
    digest = hashlib.sha256(f"{delivery.id}{delivery.tries}".encode()).digest()
    part = int.from_bytes(digest[:4]) / 0xFFFFFFFF
    return timedelta(seconds=WAITS[delivery.tries] * (1 - _JITTER + 2 * _JITTER * part))


def _most_tries(delivery: Delivery) -> int:
    """A test message is tried once: somebody waits for its answer."""
    return 1 if delivery.transition_id is None else len(WAITS)


def _free(now: datetime) -> QuerySet[Delivery]:
    unleased = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    return Delivery.objects.filter(unleased, state=Delivery.State.DUE, due_at__lte=now)


def _follows() -> Exists:
    """That an earlier message about the same recommendation still waits for the same channel.

    An end that overtook its beginning would leave the receiver with trouble that never ends.
    """
    earlier = Delivery.objects.filter(
        channel=OuterRef("channel"),
        state=Delivery.State.DUE,
        transition__recommendation=OuterRef("transition__recommendation"),
        transition__pk__lt=OuterRef("transition__pk"),
    )
    return Exists(earlier)


def _drain(queue: Sequence[UUID], stop: float) -> int:
    tried = 0
    for delivery_id in queue:
        if time.monotonic() > stop:
            break
        tried += attempt(delivery_id) is not None
    return tried


def _drain_in_thread(queue: Sequence[UUID], stop: float) -> int:
    try:
        return _drain(queue, stop)
    finally:
        connection.close()  # the thread's own; nobody else would close it


@transaction.atomic
def _lease(delivery_id: UUID, now: datetime) -> Delivery | None:
    """Take the delivery for `LEASE_SECONDS`, and count the try before it is made: a try that kills us counts too."""
    channel = Channel.objects.select_for_update().filter(deliveries=delivery_id).first()
    if channel is None or channel.deliveries.filter(leased_until__gte=now).count() >= _AT_ONCE_PER_CHANNEL:
        return None
    until = now + timedelta(seconds=LEASE_SECONDS)
    if channel.deliveries.filter(_follows(), pk=delivery_id).exists():
        return None
    taken = _free(now).filter(pk=delivery_id).update(leased_until=until, tries=F("tries") + 1)
    return Delivery.objects.select_related("channel").get(pk=delivery_id) if taken else None


@transaction.atomic
def _settle(delivery: Delivery, seconds: float, answer: str, error: ChannelError | None) -> Attempt:
    now = timezone.now()
    # The same try only: after our lease another worker may have tried again, and its word is newer.
    row = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.DUE)
    wait = wait_before(delivery)
    if error is None:
        row.update(state=Delivery.State.DELIVERED, delivered_at=now, leased_until=None)
    elif error.permanent or wait is None:
        row.filter(tries=delivery.tries).update(state=Delivery.State.FAILED, leased_until=None)
        _log.error("Gave up telling %s: %s", delivery.channel.name, answer)
    else:
        row.filter(tries=delivery.tries).update(due_at=now + wait, leased_until=None)
    if error is not None and error.permanent:
        Channel.objects.filter(pk=delivery.channel_id).update(enabled=False)
    return Attempt.objects.create(
        delivery=delivery, at=now, seconds=seconds, ok=error is None, answer=answer.replace("\0", "")[:255]
    )
