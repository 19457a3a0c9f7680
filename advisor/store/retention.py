"""What is kept for how long, one line a class of data. Settings hold the times; pruning and the size page read this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import models

from advisor.store.models import (
    Batch,
    Event,
    HostHour,
    HostMinute,
    HostSample,
    LeftOut,
    PartHour,
    PartMinute,
    PartName,
    PartSample,
    ProcessHour,
    ProcessMinute,
    ProcessSample,
    StoreSize,
    Stream,
)
from advisor.store.tables import MICROSECONDS

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR

MARGIN: Final = 2 * HOUR
"""Seconds that samples stay beyond their time, so that a rollup never meets an hour half deleted: one begins up to an
hour before the oldest sample that may still come, and half an hour each are for its turn and for who is at it."""


@dataclass(frozen=True, slots=True)
class Age:
    """The column by which rows grow old.

    Attributes:
        column: its name.
        at: its value at a moment, given in Unix seconds.
        step: what one transaction deletes, so that writers wait little.
    """

    column: str
    at: Callable[[float], Any]
    step: Any


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _microseconds(seconds: float) -> int:
    return round(seconds * MICROSECONDS)


AT: Final = Age("at", _microseconds, round(HOUR * MICROSECONDS))
TIME: Final = Age("time", _microseconds, AT.step)
MINUTE: Final = Age("minute", lambda seconds: int(seconds // 60), 60)
HOURLY: Final = Age("hour", lambda seconds: int(seconds // HOUR), 24)
SEEN: Final = Age("seen_at", _microseconds, AT.step)
RECEIVED: Final = Age("received_at", _moment, timedelta(hours=1))
CALENDAR: Final = Age("day", lambda seconds: _moment(seconds).date(), timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Kept:
    """A class of data.

    Attributes:
        kind: its name here and in `StoreSize`.
        title: what people call it.
        setting: how long it is kept; `ADVISOR_` and this in the environment.
        unit: seconds in one of the setting.
        margin: seconds that it stays beyond that.
        tables: what belongs to it, each with the column by which it grows old.
    """

    kind: str
    title: str
    setting: str
    unit: float
    margin: float
    tables: tuple[tuple[type[models.Model], Age], ...]

    @property
    def seconds(self) -> float:
        """How long it is kept."""
        return float(getattr(settings, self.setting)) * self.unit

    @property
    def goes_whole(self) -> bool:
        """True where PostgreSQL drops whole days of it: who keeps hours does not want a day more."""
        return self.seconds >= DAY

    def until(self, now: datetime) -> float:
        """Unix seconds: what is older goes."""
        return now.timestamp() - self.seconds - self.margin


SAMPLES: Final = Kept(
    "samples", "Samples of processes and hosts", "RAW_HOURS", HOUR, MARGIN,
    ((ProcessSample, AT), (HostSample, AT), (Stream, TIME)),
)  # fmt: skip
PARTS: Final = Kept(
    "parts", "Samples of routes, disks and other parts", "KEEP_PARTS_HOURS", HOUR, MARGIN,
    ((PartSample, AT), (PartName, SEEN)),
)  # fmt: skip
MINUTES: Final = Kept(
    "minutes", "One-minute rollups", "ROLLUP_DAYS", DAY, 0.0,
    ((ProcessMinute, MINUTE), (HostMinute, MINUTE), (PartMinute, MINUTE)),
)  # fmt: skip
HOURS: Final = Kept(
    "hours", "One-hour rollups", "HOUR_DAYS", DAY, 0.0, ((ProcessHour, HOURLY), (HostHour, HOURLY), (PartHour, HOURLY))
)
EVENTS: Final = Kept("events", "Events", "KEEP_EVENTS_DAYS", DAY, 0.0, ((Event, AT),))
BATCHES: Final = Kept("batches", "Ids of batches", "KEEP_BATCHES_DAYS", DAY, 0.0, ((Batch, RECEIVED),))
COUNTS: Final = Kept(
    "counts", "Counts of what was left out, sizes by day", "KEEP_COUNTS_DAYS", DAY, 0.0,
    ((LeftOut, CALENDAR), (StoreSize, CALENDAR)),
)  # fmt: skip
CLASSES: Final = (SAMPLES, PARTS, MINUTES, HOURS, EVENTS, BATCHES, COUNTS)


def of(table: str) -> Kept:
    """The class that a table belongs to."""
    return next(kept for kept in CLASSES if any(model._meta.db_table == table for model, _ in kept.tables))
