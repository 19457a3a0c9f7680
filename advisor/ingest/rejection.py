"""Why a point or an event is not kept, in the words that people read.

What is rejected is told to its sender. What is ignored is no error by OTLP, so it is counted for the owner alone.
Whatever a request holds is kept, rejected or ignored, under one of these reasons.
"""

from __future__ import annotations

from typing import Final

from advisor.fleet.caps import Kind

UNREADABLE: Final = "points with unreadable attributes, times or buckets"
NOT_A_NUMBER: Final = "points without a finite number"
NEGATIVE: Final = "points with a negative value"
TOO_LARGE: Final = "points with a value larger than can be true"
IN_THE_FUTURE: Final = "points more than 5 minutes ahead of the server's clock"
TOO_OLD: Final = "points older than 48 hours, or than samples are kept here"
NO_START: Final = "delta points without a start time in the last 48 hours"
WRONG_KIND: Final = "points of a kind that this metric does not have"
SUMMARIES: Final = "points of summaries, which cannot be merged: send histograms"
OUT_OF_ORDER: Final = "points older than the last one of their running total"
TOLD_FROM_INSIDE: Final = (
    "figures of a process's inside that the agent found outside (a page of metrics, PM2), "
    "because a probe or an SDK in the process reports them too"
)
TOLD_OTHERWISE: Final = (
    "figures of a moment of which another value was told before, in another request: "
    "send what belongs to one moment together, or as running totals"
)
NOBODY: Final = "process points of a resource without service.name, service.instance.id or process.pid"

NOT_NAMED: Final = (
    "figures of a process or machine that nothing names: "
    "send service.name or process.pid of a process, host.id or host.name of a machine"
)

TOO_MANY_TOTALS: Final = (
    "points of running totals beyond the 2,000 that a process may begin within an hour: "
    "an attribute has too many values"
)

BEYOND: Final = {
    Kind.HOSTS: "points or events of machines beyond those that one token may bring (ADVISOR_MOST_HOSTS)",
    Kind.SERVICES: "points or events of services beyond those that one token may bring (ADVISOR_MOST_SERVICES)",
    Kind.INSTANCES: "points or events of processes beyond those that one token may bring (ADVISOR_MOST_INSTANCES)",
    Kind.SERIES: "points of running totals beyond the series that one token may bring (ADVISOR_MOST_SERIES)",
}

NOT_KEPT: Final = "points of metrics, or with attributes, that are not among those kept here"
NO_VALUE: Final = "points that say themselves that they have no value"
NO_SPAN: Final = "delta points that end when they start, such as an SDK's first"
FIRST: Final = "first points of running totals: what is counted starts there"
REPEATED: Final = "points of running totals that came before"
REPLAYED: Final = "points or records of a batch that was stored before"

NO_EVENT: Final = (
    "log records that are no event known here, and only those are kept: "
    "set OTEL_LOGS_EXPORTER=none, or send the logs elsewhere"
)
EVENT_UNREADABLE: Final = "events with unreadable attributes or times"
EVENT_IN_THE_FUTURE: Final = "events more than 5 minutes ahead of the server's clock"
EVENT_TOO_OLD: Final = "events older than 48 hours"
EVENT_OF_NOBODY: Final = "events of a resource without service.name, service.instance.id or process.pid"
BAD_DURATION: Final = "events with a duration that is not between 0 and 48 hours"
BAD_SHARE: Final = "events with a share that is not between 0 and 1"
BAD_INTEGER: Final = "events with a line, pid, ordinal or exit code that cannot be true"
NO_ROOM: Final = "events beyond the 1,000 that are kept of one process and hour"


class Rejected(Exception):
    """One point or event is left out; its only argument is the reason."""


class Ignored(Exception):
    """One point says nothing that is kept here, and that is no error; its only argument is the reason."""
