"""Deletes machines, services and processes that were silent for so long that nothing is kept of them any more."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from advisor.fleet import tokens
from advisor.fleet.models import Host, Instance, Service, Token
from advisor.store.failpoint import failpoint
from advisor.store.models import Event

_MARGIN: Final = timedelta(days=2)
"""Beyond the setting: PostgreSQL keeps samples by whole days, and pruning may stand still for a while."""

_SLICE: Final = 500
"""Rows that one transaction deletes, so that whoever reports something new waits for milliseconds only."""

_TOLD: Final[dict[type[models.Model], dict[str, str]]] = {
    Instance: {"service_id": "service_id", "instance_id": "pk"},
    Service: {"service_id": "pk"},
}
"""How events, which are no sign of life and may come long after it, name a process and a service."""

_log = logging.getLogger(__name__)


def forget_silent(now: datetime, along: Collection[type[models.Model]]) -> int:
    """Delete who was not heard of for `KEEP_SILENT_DAYS` and whom nothing kept points to; returns how many that were.

    Processes first, since they keep their service and machine. Whoever comes back is new. A machine stays while a token
    that is good still is bound to it: no other machine may use that one.

    Args:
        now: the server's time.
        along: tables whose rows go with their service. Rows of every other table that point at one keep it.
    """
    until = now - timedelta(days=settings.KEEP_SILENT_DAYS) - _MARGIN
    deleted = {model: _deleted(model, until, _kept(model, now, along)) for model in (Instance, Service, Host)}
    if any(deleted.values()):
        told = ", ".join(f"{count:,} {model._meta.verbose_name_plural}" for model, count in deleted.items())
        _log.info("Deleted who was silent for longer than anything of them is kept: %s", told)
    return sum(deleted.values())


def _kept(model: type[models.Model], now: datetime, along: Collection[type[models.Model]]) -> Q:
    """Rows that something points to."""
    held = Q()
    for relation in model._meta.related_objects:
        if relation.related_model not in along:
            held |= Q(Exists(_counting(relation.related_model, now).filter(**{relation.field.name: OuterRef("pk")})))
    if said := _TOLD.get(model):
        named = {column: OuterRef(field) for column, field in said.items()}
        held |= Q(Exists(Event.objects.filter(**named)))
    return held


def _counting(model: type[models.Model], now: datetime) -> QuerySet[models.Model]:
    return tokens.good(now) if model is Token else model._base_manager.all()


def _deleted(model: type[models.Model], until: datetime, kept: Q) -> int:
    silent = model._base_manager.filter(~kept, last_seen__lt=until)
    deleted = 0
    while ids := _delete_some(silent):
        deleted += len(ids)
        failpoint("retention.midway")
    return deleted


@transaction.atomic
def _delete_some(silent: QuerySet[models.Model]) -> list[int]:
    """Lock some and look again: what came to point at them before they were locked keeps them, and is kept."""
    free = silent.select_for_update(skip_locked=True).order_by("last_seen").values_list("pk", flat=True)
    ids = list(free[:_SLICE])
    silent.filter(pk__in=ids).delete()
    return ids
