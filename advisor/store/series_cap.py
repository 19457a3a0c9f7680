"""How many series one token may have: names of parts and streams of running totals, which its senders choose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, Model

from advisor.fleet.caps import Cap, Kind
from advisor.store.models import PartName, Stream
from advisor.store.tables import MICROSECONDS


def _count(since: datetime) -> Mapping[int, int]:
    since_us = round(since.timestamp() * MICROSECONDS)
    return _of_tokens(PartName, seen_at__gte=since_us) + _of_tokens(Stream, time__gte=since_us)


def _of_tokens(rows: type[Model], **lately: int) -> Counter[int]:
    found = rows._default_manager.filter(token_id__isnull=False, **lately)
    return Counter(dict(found.values_list("token_id").annotate(Count("token_id"))))


SERIES = Cap(Kind.SERIES, _count)
