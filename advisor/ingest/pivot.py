"""Turns an export's points into readings: one row in the making per resource and moment; its records into events.

What cannot be true is left out alone, and counted under its reason; the others go in.
A metric that no column keeps is not an error: senders know more than we store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from advisor.ingest.attributes import ResourceReader, Scalar
from advisor.ingest.events import EventSorter
from advisor.ingest.logs import LogExport
from advisor.ingest.meaning import Meanings
from advisor.ingest.points import NOTHING, Export, Resource
from advisor.ingest.readings import Report
from advisor.ingest.sorter import Sorter

ClockOffset = Callable[[Scalar | None], float]
"""By `host.id` or `host.name`, the seconds to add to a sender's times to get the server's."""


@dataclass(slots=True)
class Pivoted:
    """One export, sorted.

    Attributes:
        reports: one for each resource of the export, in its order; of logs, for each that has events.
        rejected: reason -> number of points or records left out.
        points: how many points or records the export held; who counts them says so.
    """

    reports: list[Report] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    points: int = 0


class Pivot:
    """Sorts exports. One object serves a whole process: it remembers what attributes mean."""

    def __init__(self) -> None:
        self._meanings = Meanings()
        self._resources = ResourceReader()

    def sort(self, export: Export, received: float, clock_offset: ClockOffset) -> Pivoted:
        """The readings of an export.

        Args:
            export: at most `limits.POINTS` points.
            received: Unix seconds on the server's clock.
            clock_offset: of the hosts that send.

        Raises:
            ValueError: a resource whose attributes cannot be read.
        """
        pivoted = Pivoted()
        for resource in export.resource_metrics or ():
            report = self._report(resource.resource, clock_offset)
            Sorter(self._meanings, report, pivoted.rejected, received - report.clock_offset).sort(resource)
            pivoted.reports.append(report)
        return pivoted

    def sort_logs(self, export: LogExport, received: float, clock_offset: ClockOffset) -> Pivoted:
        """The events of an export; arguments and errors as `sort`.

        A resource that has none is left out: whoever writes logs alone does not become a service by that.
        """
        pivoted = Pivoted()
        for resource in export.resource_logs or ():
            report = self._report(resource.resource, clock_offset)
            EventSorter(report, pivoted.rejected, received - report.clock_offset).sort(resource)
            if report.events:
                pivoted.reports.append(report)
        return pivoted

    def _report(self, resource: Resource | None, clock_offset: ClockOffset) -> Report:
        known = self._resources.read(resource.attributes if resource else NOTHING)
        return Report(known, clock_offset(known.get("host.id") or known.get("host.name")))
