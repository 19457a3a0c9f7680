"""Reads log records: which of them are events, and whether what they say can be true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from advisor.ingest import limits, rejection
from advisor.ingest.attributes import Scalar, parse
from advisor.ingest.distributions import integer
from advisor.ingest.logs import LogRecord, ResourceLogs
from advisor.ingest.readings import EventReading, Report
from advisor.ingest.rejection import Rejected
from advisor.vocabulary.events import ATTRIBUTES, EVENTS, Event

_LARGEST: Final = 2**31 - 1
_DIGITS: Final = 9
"""Digits that are kept of a second or a share: nanoseconds, and nothing too small for a number of 4 bytes."""


class EventSorter:
    """Reads the records of one resource; `now` is the receive time on the sender's clock."""

    def __init__(self, report: Report, rejected: Counter[str], now: float) -> None:
        self._report = report
        self._rejected = rejected
        self._now_us = int(now * 1e6)

    def sort(self, resource: ResourceLogs) -> None:
        """Put every event of the resource into its report, and count the other records."""
        for record in resource.records:
            try:
                self._report.events.append(self._read(record))
            except Rejected as reason:
                self._rejected[str(reason)] += 1
            except (ValueError, OverflowError):
                self._rejected[rejection.EVENT_UNREADABLE] += 1

    def _read(self, record: LogRecord) -> EventReading:
        event = EVENTS.get(record.event_name)
        if event is None:
            raise Rejected(rejection.NO_EVENT)
        if not self._report.names_process:
            raise Rejected(rejection.EVENT_OF_NOBODY)
        time_us = self._moment(record)
        values = _values(event, parse(record.attributes))
        return EventReading(time_us, event.name, int(values.pop("ordinal", 0)), values)

    def _moment(self, record: LogRecord) -> int:
        """When it happened, else when it was seen, else when it was received: microseconds on the sender's clock."""
        given = integer(record.time_unix_nano) or integer(record.observed_time_unix_nano)
        time_us = given // 1000 or self._now_us
        if time_us > self._now_us + limits.FUTURE_SECONDS * 1e6:
            raise Rejected(rejection.EVENT_IN_THE_FUTURE)
        if time_us < self._now_us - limits.PAST_SECONDS * 1e6:
            raise Rejected(rejection.EVENT_TOO_OLD)
        return time_us


def _values(event: Event, said: Mapping[str, Scalar]) -> dict[str, str | int | float]:
    """Column -> what is said in it, of the attributes that this kind of event has."""
    columns = {ATTRIBUTES[key]: said[key] for key in event.attributes if said.get(key, "") != ""}
    return {column: _READERS.get(column, _text)(value) for column, value in columns.items()}


def _text(value: Scalar) -> str:
    if not isinstance(value, str):
        raise Rejected(rejection.EVENT_UNREADABLE)
    return value


def _number(reason: str, most: float, value: Scalar) -> float:
    if isinstance(value, bool | str) or not 0 <= value <= most:
        raise Rejected(reason)
    return round(float(value), _DIGITS)


def _integer(least: int, most: int, value: Scalar) -> int:
    if isinstance(value, bool | str) or not least <= value <= most or value != int(value):
        raise Rejected(rejection.BAD_INTEGER)
    return int(value)


_READERS: Final[Mapping[str, Callable[[Scalar], str | int | float]]] = {
    "duration": partial(_number, rejection.BAD_DURATION, limits.PAST_SECONDS),
    "delay": partial(_number, rejection.BAD_DURATION, limits.PAST_SECONDS),
    "share": partial(_number, rejection.BAD_SHARE, 1.0),
    "ordinal": partial(_integer, 0, _LARGEST),
    "line": partial(_integer, 1, _LARGEST),
    "pid": partial(_integer, 1, _LARGEST),
    "active": partial(_integer, 0, _LARGEST),
    "exit_code": partial(_integer, -(2**31), 2**32 - 1),  # Windows has codes of 32 bits
}
