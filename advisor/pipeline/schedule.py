"""Which services are due for a look, and taking them so that nobody else looks at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Q

from advisor.fleet.models import Service
from advisor.pipeline.models import Heartbeat, Schedule

BATCH = 200
"""Services a task: their windows load in one call and are judged well within 20 s."""

SEEN_WITHIN = timedelta(minutes=15)
"""A service that has been silent for longer is not looked at; its verdicts stay as they were."""

LEASE_SECONDS = 60.0
_EARLY = 0.2
"""Share of the interval by which a bell may ring early without skipping a round."""


def due(now: datetime) -> list[list[int]]:
    """Services to look at now, in batches of at most `BATCH`; new services get their row here."""
    _enrol(now)
    free = Schedule.objects.filter(_unleased(now), due_at__lte=now)
    served = free.filter(service__serves=True, service__last_seen__gte=now - SEEN_WITHIN)
    ids = list(served.order_by("due_at", "service").values_list("service", flat=True))
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]


def lease(service_ids: Sequence[int], now: datetime) -> tuple[UUID, list[int]]:
    """Take those that are still due; of two callers only one gets each. Returns the lease and its services."""
    name = uuid4()
    # One table and its own columns only: PostgreSQL looks at these again when it had to wait for a
    # row, but not at what a subquery found before.
    Schedule.objects.filter(_unleased(now), service__in=service_ids, due_at__lte=now).update(
        lease=name,
        leased_until=now + timedelta(seconds=LEASE_SECONDS),
        due_at=now + timedelta(seconds=settings.EVALUATE_SECONDS * (1 - _EARLY)),
    )
    return name, list(Schedule.objects.filter(lease=name).order_by("service").values_list("service", flat=True))


def release(name: UUID) -> None:
    """Give the services of a lease back; they are due again at the time that `lease` set."""
    Schedule.objects.filter(lease=name).update(lease=None, leased_until=None)


def beat(now: datetime) -> None:
    """Leave a sign of life."""
    Heartbeat.objects.update_or_create(name=Heartbeat.EVALUATION, defaults={"at": now})


def _enrol(now: datetime) -> None:
    new = Service.objects.filter(serves=True, last_seen__gte=now - SEEN_WITHIN, schedule__isnull=True)
    rows = [Schedule(service_id=service_id, due_at=now) for service_id in new.values_list("id", flat=True)]
    Schedule.objects.bulk_create(rows, ignore_conflicts=True)


def _unleased(now: datetime) -> Q:
    return Q(leased_until__isnull=True) | Q(leased_until__lt=now)
