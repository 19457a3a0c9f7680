"""The inner form of an export of logs, whichever encoding it came in: OTLP's messages, as far as they are used.

As `points`, which has what both share. Bodies and severities are not read: an event says all in its attributes.
"""

from __future__ import annotations

from msgspec import Raw, Struct

from advisor.ingest.points import NOTHING, Integer, Resource


class LogRecord(Struct, rename="camel"):
    """One record; an event if it has a name."""

    attributes: Raw = NOTHING
    time_unix_nano: Integer = 0
    observed_time_unix_nano: Integer = 0
    event_name: str = ""


class ScopeLogs(Struct, rename="camel"):
    """What one library wrote."""

    log_records: list[LogRecord] | None = None


class ResourceLogs(Struct, rename="camel"):
    """What one process wrote."""

    resource: Resource | None = None
    scope_logs: list[ScopeLogs] | None = None

    @property
    def records(self) -> list[LogRecord]:
        """Every record, whichever library wrote it."""
        return [record for scope in self.scope_logs or () for record in scope.log_records or ()]


class LogExport(Struct, rename="camel"):
    """The body of one request."""

    resource_logs: list[ResourceLogs] | None = None
