"""`python -m tests.chaos.stored`: what became of generated inputs, in the database that the environment names."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import django
from django.db.models import Count, Model

from tests.chaos.accounted import SERVICE

IGNORED = ("NOT_KEPT", "NO_VALUE", "NO_SPAN", "FIRST", "REPEATED", "REPLAYED")
"""What is counted for the owner alone, and at its own pace: its sender is not told of it."""


def _is_odd(row: Mapping[str, Any]) -> bool:
    """Whether a figure is none that can be: only a clock may be behind."""
    numbers = (row[name] for name in row if name != "clock_offset" and isinstance(row[name], float))
    return not all(0 <= number < math.inf for number in numbers)


def main() -> int:
    """Print one JSON line."""
    django.setup()
    from advisor.fleet.models import Service
    from advisor.ingest import rejection
    from advisor.ingest.refusals import REASONS
    from advisor.store import samples
    from advisor.store.models import Event, HostSample, PartSample, ProcessSample
    from advisor.vocabulary.metrics import PROCESS

    service = Service.objects.filter(name=SERVICE).values("pk")
    own = ProcessSample.objects.filter(service_id__in=service)
    kept = own.aggregate(**{f"n_{column.name}": Count(column.name) for column in PROCESS})
    tables: list[type[Model]] = [ProcessSample, HostSample, PartSample, Event]
    odd = [row for table in tables for row in table._default_manager.values() if _is_odd(row)]
    ignored = {getattr(rejection, name) for name in IGNORED}
    account = Counter[str]()
    for loss in samples.left_out(date(2000, 1, 1)):
        account[loss.reason] += loss.count
    refused = {status: account.pop(reason) for status, reason in REASONS.items() if reason in account}
    left_out = sum(count for reason, count in account.items() if reason not in ignored)
    told = {"kept": sum(kept.values()), "left_out": left_out, "refused": refused, "odd": [repr(row) for row in odd[:5]]}
    json.dump(told, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
