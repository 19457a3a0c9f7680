"""Every event that is stored: what happened at one moment in one process.

Events travel as OTLP log records (`POST /v1/logs`) that carry an `eventName`. Names and attributes are those of the
OpenTelemetry semantic conventions where they have one; the rest start with `advisor.`. Two records of one process
with the same name, time and ordinal are the same event told twice: what the later one says replaces the former.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why a process ended, or what held up its loop."""

    CODE = "code"
    GARBAGE_COLLECTION = "gc"
    UNCAUGHT_EXCEPTION = "uncaught-exception"
    UNHANDLED_REJECTION = "unhandled-rejection"
    EXIT = "exit"
    OUT_OF_WORK = "out-of-work"
    SIGNAL = "signal"


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of event.

    Attributes:
        name: the log record's `eventName`.
        brief: one line for people.
        attributes: what a record of it may say, keys of `ATTRIBUTES`; what is not known is left out.
    """

    name: str
    brief: str
    attributes: tuple[str, ...]


ATTRIBUTES: dict[str, str] = {
    "advisor.duration": "duration",
    "advisor.attribution.delay": "delay",
    "advisor.cause": "cause",
    "advisor.share": "share",
    "advisor.event.ordinal": "ordinal",
    "code.function.name": "function",
    "code.file.path": "file",
    "code.line.number": "line",
    "exception.type": "exception",
    "process.exit.code": "exit_code",
    "advisor.process.exit.signal": "signal",
    "advisor.process.exit.active_requests": "active",
    "advisor.process.exited.pid": "pid",
}
"""Attribute on the wire -> the store's column. Seconds and ratios of 0 to 1; the ordinal counts from 0."""

_PLACE = ("code.function.name", "code.file.path", "code.line.number")

BLOCKED = Event(
    "advisor.nodejs.eventloop.blocked",
    "The event loop stood still; the time is that of its start. Without a place nobody could see who held it up.",
    ("advisor.duration", "advisor.attribution.delay", "advisor.cause", *_PLACE),
)
PROFILED = Event(
    "advisor.nodejs.eventloop.profile",
    "A function in which a busy loop spent its time, by samples; one record a function, the dearest with ordinal 0.",
    ("advisor.duration", "advisor.share", "advisor.event.ordinal", *_PLACE),
)
STARTED = Event("advisor.process.started", "A process began.", ())
EXITED = Event(
    "advisor.process.exited",
    "A process ended: told by itself (with the requests of its last 10 s that it left open), by its primary, by the "
    "agent. A pid names a child that its primary saw end.",
    (
        "advisor.cause",
        "process.exit.code",
        "advisor.process.exit.signal",
        "advisor.process.exit.active_requests",
        "advisor.process.exited.pid",
        "exception.type",
        *_PLACE,
    ),
)

EVENTS: dict[str, Event] = {event.name: event for event in (BLOCKED, PROFILED, STARTED, EXITED)}
"""Every kind of event by its name on the wire."""
