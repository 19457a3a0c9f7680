"""What the compiled scanner read of one resource, and what it left to Python, made into readings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from msgspec import Raw

from advisor.ingest import limits, otlp_json, otlp_proto, rejection
from advisor.ingest.figures import Figures
from advisor.ingest.meaning import Meanings
from advisor.ingest.points import Metric, ResourceMetrics
from advisor.ingest.readings import Reading, Report
from advisor.ingest.sorter import Sorter
from advisor.vocabulary import PartKind

if TYPE_CHECKING:
    from advisor.ingest import _scan


@dataclass(frozen=True, slots=True)
class Wire:
    """How a body of one encoding is read, and the pieces of it that are left to Python.

    Attributes:
        scan: what the scanner reads of a body; None where it leaves all of it.
        who: the JSON of a resource's attributes.
        attributes: the JSON of a point's attributes.
        metric: one metric.
        resource: one resource with its metrics.
    """

    scan: Callable[[_scan.Scanner, bytes], list[_scan.Resource] | None]
    who: Callable[[bytes], Raw]
    attributes: Callable[[bytes], Raw]
    metric: Callable[[bytes], Metric]
    resource: Callable[[bytes], ResourceMetrics]


JSON: Final = Wire(lambda scanner, body: scanner.json(body), Raw, Raw, otlp_json.metric, otlp_json.resource)
PROTOBUF: Final = Wire(
    lambda scanner, body: scanner.protobuf(body),
    otlp_proto.who,
    otlp_proto.point_attributes,
    otlp_proto.metric,
    otlp_proto.resource,
)


@dataclass(slots=True)
class Scanned:
    """One resource of a body.

    Attributes:
        attributes: its own, as they came.
        whole: all of it, as it came.
        wire: how that is read.
        points: how many data points it has, of every kind.
        not_kept: how many of them nothing keeps.
        time_us: of all its rows.
        span: seconds that the increases of its rows cover, the longest.
        rows: the numbers and distributions of each.
        odd: metrics that are sorted in Python, each with the name of its scope.
        resource: what is sorted in Python altogether; None where the rows hold.
    """

    attributes: bytes
    whole: memoryview
    wire: Wire
    points: int
    not_kept: int
    time_us: int
    span: float
    rows: list[_scan.Row]
    odd: list[tuple[str, Metric]]
    resource: ResourceMetrics | None

    @classmethod
    def of(cls, told: _scan.Resource, body: memoryview, wire: Wire) -> Self:
        """Decode what is left to Python.

        Raises:
            ValueError: it is no OTLP.
        """
        attributes, start, size, points, not_kept, is_slow, time_us, span, rows, left, _ = told
        whole = body[start : start + size]
        resource = wire.resource(bytes(whole)) if is_slow else None
        odd = [] if is_slow else [(scope.decode(), wire.metric(metric)) for scope, metric in left]
        return cls(attributes, whole, wire, points, not_kept, time_us, span, rows, odd, resource)

    def sort(
        self, meanings: Meanings, report: Report, rejected: Counter[str], ignored: Counter[str], now: float, kept: float
    ) -> None:
        """Put every point of the resource where it belongs; as `Sorter`, with how old in seconds a point may be."""
        if self.resource is None and not self._fits(report, now, kept):
            self.resource = self.wire.resource(bytes(self.whole))
        if self.resource is not None:
            Sorter(meanings, report, rejected, ignored, now).sort(self.resource)
            return
        if self.rows:
            report.readings[self.time_us] = self._reading()
        if self.not_kept:
            ignored[rejection.NOT_KEPT] += self.not_kept
        if self.odd:
            sorter = Sorter(meanings, report, rejected, ignored, now)
            for scope, metric in self.odd:
                sorter.sort_metric(scope, metric)

    def _fits(self, report: Report, now: float, kept: float) -> bool:
        """Whether its moment is one that is kept, and its rows are of somebody who is named."""
        if not self.rows:
            return True
        if not int((now - kept) * 1e6) <= self.time_us <= int((now + limits.FUTURE_SECONDS) * 1e6):
            return False
        return report.names_process or all(
            place is True or (place is not False and not place[0].of_process) for place, *_ in self.rows
        )

    def _reading(self) -> Reading:
        own: list[Figures | None] = [None, None]
        parts: dict[tuple[PartKind, str], Figures] = {}
        for place, span, values, whole, spans in self.rows:
            if isinstance(place, bool):
                own[place] = Figures(span, values, whole, spans)
            else:
                parts[place] = Figures(span, values, whole, spans)
        process, host = own
        return Reading(self.time_us, self.span, process or Figures(), host or Figures(), parts)
