"""What a collector declares and yields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Union

from advisor_agent.buckets import Buckets

GAUGE = "gauge"
UPDOWNCOUNTER = "updowncounter"
COUNTER = "counter"
HISTOGRAM = "histogram"
SHARE = "share"
"""A running total of seconds, sent as a gauge: the part of the time since the last export (0 to 1)."""

Attributes = tuple[tuple[str, str], ...]


Value = Union[float, Buckets]
"""What is read of a metric: a number, or of a histogram its buckets."""


class Sample:
    """One reading of one metric. Counters, shares and histograms hold their running total since the start."""

    __slots__ = ("attributes", "metric", "value")

    def __init__(self, metric: Metric, value: Value, attributes: Attributes) -> None:
        self.metric = metric
        self.value = value
        self.attributes = attributes


class Metric:
    """A name and unit of the OpenTelemetry conventions 1.44.0, or ours where they have none.

    Of a `sparse` histogram the series that gained nothing are left out; if none gained, one point without attributes
    says so.
    """

    __slots__ = ("brief", "is_sparse", "kind", "name", "unit")

    def __init__(self, name: str, unit: str, kind: str, brief: str, is_sparse: bool = False) -> None:
        self.is_sparse = is_sparse
        self.name = name
        self.unit = unit
        self.kind = kind
        self.brief = brief

    @property
    def accumulates(self) -> bool:
        """True where two readings are needed for one point."""
        return self.kind in (COUNTER, SHARE, HISTOGRAM)

    def at(self, value: Value, *attributes: tuple[str, str]) -> Sample:
        """A reading of this metric, told apart from its siblings by the attributes."""
        return Sample(self, value, attributes)


Samples = Iterator[Sample]
