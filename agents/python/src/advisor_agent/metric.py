"""What a collector declares and yields."""

from __future__ import annotations

from collections.abc import Iterator

GAUGE = "gauge"
UPDOWNCOUNTER = "updowncounter"
COUNTER = "counter"
SHARE = "share"
"""A running total of seconds, sent as a gauge: the part of the time since the last export (0 to 1)."""

Attributes = tuple[tuple[str, str], ...]


class Sample:
    """One reading of one metric. Counters and shares hold their running total since the start."""

    __slots__ = ("attributes", "metric", "value")

    def __init__(self, metric: Metric, value: float, attributes: Attributes) -> None:
        self.metric = metric
        self.value = value
        self.attributes = attributes


class Metric:
    """A name and unit of the OpenTelemetry conventions 1.44.0, or ours where they have none."""

    __slots__ = ("brief", "kind", "name", "unit")

    def __init__(self, name: str, unit: str, kind: str, brief: str) -> None:
        self.name = name
        self.unit = unit
        self.kind = kind
        self.brief = brief

    @property
    def accumulates(self) -> bool:
        """True where two readings are needed for one point."""
        return self.kind in (COUNTER, SHARE)

    def at(self, value: float, *attributes: tuple[str, str]) -> Sample:
        """A reading of this metric, told apart from its siblings by the attributes."""
        return Sample(self, value, attributes)


Samples = Iterator[Sample]
