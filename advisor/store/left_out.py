"""Counts what senders sent and nobody keeps, by token and reason: every point is stored or counted here.

Requests that were refused whole are counted too; what they held comes again, or nobody could read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import Max, Sum

from advisor.store.models import LeftOut

NOBODY: Final = 0
"""Stands for the token of what came with none, or with one that opens nothing here. No row has this key."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What was left out of what a token sent.

    Attributes:
        token_id: primary key of the token, or `NOBODY`.
        reason: what was left out and why, in the words that people read.
        count: points, figures, events or requests.
        last_at: when it happened last.
    """

    token_id: int
    reason: str
    count: int
    last_at: datetime


def note_left_out(counts: Mapping[tuple[int, str], int], now: datetime) -> None:
    """Add to the counts of the day, inside the transaction that stores the rest: what comes again is counted once.

    Args:
        counts: token and reason -> how many.
        now: when they came.
    """
    ordered = sorted(counts.items())
    if not ordered:
        return
    places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(ordered))
    values = [value for (token_id, reason), count in ordered for value in (token_id, now.date(), reason, count, now)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO store_leftout AS kept (token_id, day, reason, count, last_at) VALUES {places} "  # noqa: S608  # places alone
            "ON CONFLICT (token_id, day, reason) "
            "DO UPDATE SET count = kept.count + excluded.count, "
            "last_at = CASE WHEN kept.last_at > excluded.last_at THEN kept.last_at ELSE excluded.last_at END",
            values,
        )


def left_out(since: date) -> list[Loss]:
    """What was left out from a day on, the latest first."""
    summed = LeftOut.objects.filter(day__gte=since).values("token_id", "reason")
    rows = summed.annotate(total=Sum("count"), last=Max("last_at")).order_by("-last", "token_id", "reason")
    return [Loss(row["token_id"], row["reason"], row["total"], row["last"]) for row in rows]
