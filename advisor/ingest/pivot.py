"""Turns an export's points into readings: one row in the making per resource and moment.

A point that cannot be true is left out alone, and counted under its reason; the others go in.
A metric that no column keeps is not an error: senders know more than we store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from advisor.ingest.attributes import ResourceReader, Scalar
from advisor.ingest.meaning import Meanings
from advisor.ingest.points import NOTHING, Export, count_points
from advisor.ingest.readings import Report
from advisor.ingest.sorter import Sorter


@dataclass(slots=True)
class Pivoted:
    """One export, sorted.

    Attributes:
        reports: one for each resource of the export, in its order.
        rejected: reason -> number of points left out.
        points: how many points the export held.
    """

    reports: list[Report] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    points: int = 0


class Pivot:
    """Sorts exports. One object serves a whole process: it remembers what attributes mean."""

    def __init__(self) -> None:
        self._meanings = Meanings()
        self._resources = ResourceReader()

    def sort(self, export: Export, received: float, clock_offset: Callable[[Scalar | None], float]) -> Pivoted:
        """The readings of an export.

        Args:
            export: at most `limits.POINTS` points.
            received: Unix seconds on the server's clock.
            clock_offset: by `host.id` or `host.name`, seconds to add to its times to get the server's.

        Raises:
            ValueError: a resource whose attributes cannot be read.
        """
        pivoted = Pivoted(points=count_points(export))
        for resource in export.resource_metrics or ():
            attributes = resource.resource.attributes if resource.resource else NOTHING
            known = self._resources.read(attributes)
            report = Report(known, clock_offset(known.get("host.id") or known.get("host.name")))
            Sorter(self._meanings, report, pivoted.rejected, received - report.clock_offset).sort(resource)
            pivoted.reports.append(report)
        return pivoted
