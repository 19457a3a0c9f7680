"""Turns an export's points into readings: one row in the making per resource and moment; its records into events.

What cannot be true is left out alone, and counted under its reason; the others go in.
A metric that no column keeps is not an error: senders know more than we store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from advisor.fleet.claim import Said
from advisor.ingest import rejection
from advisor.ingest.attributes import ResourceReader, Scalar
from advisor.ingest.crowd import Crowd, Crowds, machine_of
from advisor.ingest.events import EventSorter
from advisor.ingest.logs import LogExport
from advisor.ingest.meaning import Meanings
from advisor.ingest.points import NOTHING, Export, Resource
from advisor.ingest.readings import Report
from advisor.ingest.scanned import Left, Wire, fits, whole
from advisor.ingest.scanner import scanner, teach
from advisor.ingest.sorter import Sorter, kept_seconds
from advisor.ingest.steps import Steps
from advisor.ingest.together import Together

if TYPE_CHECKING:
    from advisor.ingest._scan import Plain
    from advisor.ingest._scan import Resource as Told

ClockOffset = Callable[[Scalar | None], float]
"""By `host.id` or `host.name`, the seconds to add to a sender's times to get the server's."""

Charge = Callable[[int], None]
"""Told how many points or records a request has; raises where they are too many."""


@dataclass(slots=True)
class Pivoted:
    """One export, sorted.

    Attributes:
        sorted: its reports, as far as they were made; see `reports`.
        rejected: reason -> number of points or records left out.
        ignored: reason -> number of points that say nothing which is kept here.
        points: how many points or records the export held.
        together: all that it says, where the scanner told it so; no report was made then.
    """

    sorted: list[Report] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    points: int = 0
    together: Together | None = None

    @property
    def reports(self) -> list[Report]:
        """One for each resource of the export, in its order; of logs, for each that has events."""
        if self.together is not None:
            self.sorted, self.together = self.together.apart(), None
        return self.sorted

    @property
    def lost(self) -> int:
        """How many were rejected or ignored."""
        return self.rejected.total() + self.ignored.total()

    def pass_over(self, points: int) -> None:
        """Count points that no column keeps."""
        if points:
            self.ignored[rejection.NOT_KEPT] += points


class Pivot:
    """Sorts exports. One object serves a whole process: it remembers what attributes mean."""

    def __init__(self) -> None:
        self._meanings = Meanings()
        self._resources = ResourceReader()
        self._crowds = Crowds(self._resources.read)
        self._scanner = scanner()

    def sort(
        self, export: Export, received: float, clock_offset: ClockOffset, charge: Charge = lambda points: None
    ) -> Pivoted:
        """The readings of an export.

        Args:
            export: what was sent.
            received: Unix seconds on the server's clock.
            clock_offset: of the hosts that send.
            charge: is told how many points there are before they cost any work.

        Raises:
            ValueError: a resource whose attributes cannot be read.
            Exception: whatever `charge` raises.
        """
        resources = export.resource_metrics or ()
        counts = [resource.points for resource in resources]
        pivoted = Pivoted(points=sum(counts))
        charge(pivoted.points)
        lost = 0
        for resource, count in zip(resources, counts, strict=True):
            report = self._report(self._said(resource.resource), clock_offset)
            now = received - report.clock_offset
            Sorter(self._meanings, report, pivoted.rejected, pivoted.ignored, now).sort(resource)
            before, lost = lost, pivoted.lost
            report.points = count - (lost - before)
            pivoted.reports.append(report)
        return pivoted

    def read(
        self,
        body: bytes,
        wire: Wire,
        received: float,
        clock_offset: ClockOffset,
        charge: Charge = lambda points: None,
    ) -> Steps[Pivoted | None]:
        """The readings of a body, by the compiled scanner; None where that leaves it to `sort`, or is not there.

        Arguments and errors as `sort`, without that of attributes. What has to be read in Python is read in steps.
        """
        told = yield from self._scan(body, wire)
        if told is None:
            return None
        if not isinstance(told, list):
            try:
                crowd = self._crowds.of(told, wire.who)
            except (ValueError, RecursionError):
                return None
            charge(told.points)
            pivoted = _read_together(told, crowd, received, clock_offset)
            if pivoted is not None:
                return pivoted
            told, charge = self._scan_apart(body, wire), _nothing
        return (yield from self._read_apart(told, body, wire, received, clock_offset, charge))

    def _scan(self, body: bytes, wire: Wire) -> Steps[Plain | list[Told] | None]:
        """What the scanner makes of a body, once it knows all attributes that can be known."""
        if self._scanner is None:
            return None
        told = wire.scan(self._scanner, body, False)
        if isinstance(told, list) and (unknown := list(chain.from_iterable([one.unknown for one in told]))):
            yield from teach(self._scanner, self._meanings, unknown, wire.attributes)
            return wire.scan(self._scanner, body, False) or told  # most often nothing is left to Python now
        return told

    def _scan_apart(self, body: bytes, wire: Wire) -> list[Told]:
        """A body that the scanner has read together, read once more."""
        told = wire.scan(self._scanner, body, True) if self._scanner else None
        return told if isinstance(told, list) else []

    def _read_apart(
        self, told: list[Told], body: bytes, wire: Wire, received: float, clock_offset: ClockOffset, charge: Charge
    ) -> Steps[Pivoted | None]:
        """A report for each resource; what has to be read in Python is read in steps."""
        view = memoryview(body)
        try:
            left = [Left.of(resource, view, wire) for resource in told]
            said = [self._resources.read(resource.attributes, wire.who) for resource in told]
        except (ValueError, RecursionError):
            return None
        pivoted, kept = Pivoted(points=sum([resource.points for resource in told])), kept_seconds()
        charge(pivoted.points)
        for resource, rest, known in zip(told, left, said, strict=True):
            points, offset = resource.points - resource.not_kept, clock_offset(machine_of(known))
            report, now = Report.of(known, offset, resource.snapshot, points), received - offset
            if not fits(resource.snapshot, report, now, kept):
                rest = Left([], whole(resource, view, wire))
            pivoted.reports.append(report)
            if rest is None:
                pivoted.pass_over(resource.not_kept)
                continue
            self._sort_rest(resource, rest, report, pivoted, now)
            yield
        return pivoted

    def _sort_rest(self, told: Told, rest: Left, report: Report, pivoted: Pivoted, now: float) -> None:
        """Sort in Python what the scanner left, on top of what it read."""
        lost = pivoted.lost
        report.unpack()
        if rest.resource is None:
            pivoted.pass_over(told.not_kept)
        else:
            report.readings.clear()  # they are read again
        rest.sort(Sorter(self._meanings, report, pivoted.rejected, pivoted.ignored, now))
        report.points = told.points - (pivoted.lost - lost)

    def sort_logs(
        self, export: LogExport, received: float, clock_offset: ClockOffset, charge: Charge = lambda points: None
    ) -> Pivoted:
        """The events of an export; arguments and errors as `sort`.

        A resource that has none is left out: whoever writes logs alone does not become a service by that.
        """
        resources = export.resource_logs or ()
        pivoted = Pivoted(points=sum(len(resource.records) for resource in resources))
        charge(pivoted.points)
        for resource in resources:
            report = self._report(self._said(resource.resource), clock_offset)
            EventSorter(report, pivoted.rejected, received - report.clock_offset).sort(resource)
            report.points = len(report.events)
            if report.events:
                pivoted.reports.append(report)
        return pivoted

    def _said(self, resource: Resource | None) -> Said:
        return self._resources.read(bytes(resource.attributes if resource else NOTHING))

    def _report(self, said: Said, clock_offset: ClockOffset) -> Report:
        return Report(said, clock_offset(machine_of(said)))


def _read_together(told: Plain, crowd: Crowd, received: float, clock_offset: ClockOffset) -> Pivoted | None:
    """All that was told at once; None where something of it has to be looked at more closely."""
    if len(crowd.machines) > 1:
        return None
    (machine,) = crowd.machines or (None,)
    together = Together(told, crowd, clock_offset(machine))
    if not together.fits(received, kept_seconds()):
        return None
    pivoted = Pivoted(points=told.points, together=together)
    pivoted.pass_over(told.not_kept)
    return pivoted


def _nothing(points: int) -> None:
    """They have been charged for."""
