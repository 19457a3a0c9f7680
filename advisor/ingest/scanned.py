"""What the compiled scanner told of a resource, and what it left to Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from msgspec import Raw

from advisor.ingest import limits, otlp_json, otlp_proto
from advisor.ingest.points import Metric, ResourceMetrics
from advisor.ingest.readings import Report
from advisor.ingest.sorter import Sorter

if TYPE_CHECKING:
    from advisor.ingest._scan import Plain, Resource, Scanner, Snapshot


@dataclass(frozen=True, slots=True)
class Wire:
    """How a body of one encoding is read, and the pieces of it that are left to Python.

    Attributes:
        scan: what the scanner reads of a body; None where it leaves all of it. With True each resource apart.
        who: the JSON of a resource's attributes.
        attributes: the JSON of a point's attributes.
        metric: one metric.
        resource: one resource with its metrics.
    """

    scan: Callable[[Scanner, bytes, bool], Plain | list[Resource] | None]
    who: Callable[[bytes], Raw]
    attributes: Callable[[bytes], Raw]
    metric: Callable[[bytes], Metric]
    resource: Callable[[bytes], ResourceMetrics]


JSON: Final = Wire(
    lambda scanner, body, apart: scanner.json(body, apart), Raw, Raw, otlp_json.metric, otlp_json.resource
)
PROTOBUF: Final = Wire(
    lambda scanner, body, apart: scanner.protobuf(body, apart),
    otlp_proto.who,
    otlp_proto.point_attributes,
    otlp_proto.metric,
    otlp_proto.resource,
)


@dataclass(slots=True)
class Left:
    """What the scanner left to Python of one resource.

    Attributes:
        odd: metrics that are sorted in Python, each with the name of its scope.
        resource: what is sorted in Python altogether; None where the rows hold.
    """

    odd: list[tuple[str, Metric]]
    resource: ResourceMetrics | None

    @classmethod
    def of(cls, told: Resource, body: memoryview, wire: Wire) -> Self | None:
        """Decode what is left to Python; None where nothing is.

        Raises:
            ValueError: it is no OTLP.
        """
        if told.is_slow:
            return cls([], whole(told, body, wire))
        if not told.odd:
            return None
        return cls([(scope.decode(), wire.metric(metric)) for scope, metric in told.odd], None)

    def sort(self, sorter: Sorter) -> None:
        """Put what it holds where it belongs."""
        if self.resource is not None:
            sorter.sort(self.resource)
        for scope, metric in self.odd:
            sorter.sort_metric(scope, metric)


def whole(told: Resource, body: memoryview, wire: Wire) -> ResourceMetrics:
    """All of a resource, read in Python."""
    return wire.resource(bytes(body[told.start : told.start + told.size]))


def fits(snapshot: Snapshot | None, report: Report, now: float, kept: float) -> bool:
    """Whether its moment is one that is kept, and its rows are of somebody who is named."""
    if snapshot is None:
        return True
    time_us, _, *rows = snapshot
    if not int((now - kept) * 1e6) <= time_us <= int((now + limits.FUTURE_SECONDS) * 1e6):
        return False
    return report.names_process or all(
        place is True or (place is not False and not place[0].of_process) for place, *_ in rows
    )
