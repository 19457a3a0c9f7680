"""What a request says, sorted by who says it and when: the columns are filled, the ids still unknown."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from advisor.features.histogram import Histogram
from advisor.ingest.attributes import Scalar
from advisor.ingest.figures import Figures
from advisor.ingest.meaning import Meaning, Place, Target
from advisor.store.rows import NOTHING
from advisor.vocabulary import Entity, Facet, PartKind, columns_of

if TYPE_CHECKING:
    from advisor.ingest._scan import Snapshot

MOST_PORTS: Final = 2**15 - 1
"""What a small integer holds on PostgreSQL. A machine has twice as many; that there is one is all that matters."""

_NUMBER: Final = struct.Struct("<d")
_LISTENING: Final = _NUMBER.size * columns_of(Entity.PROCESS).index("listening")
"""Where a packed row has it."""

PROCESS_KEYS: Final = frozenset({"service.name", "service.instance.id", "process.pid"})
"""What only a process says of itself; a resource without is a machine alone."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """One histogram point, its figures apart from its buckets.

    `merged` is None where the sender gave no buckets, or where nobody keeps them.
    """

    count: int
    sum: float | None
    max: float | None
    merged: Histogram | None


@dataclass(slots=True)
class Reading:
    """One resource at one moment.

    Attributes:
        time_us: the sender's timestamp, microseconds since the epoch.
        span: seconds that the increases of all its rows cover, the longest; 0 while there is none.
        process: what belongs to the process itself.
        host: what belongs to the machine itself.
        parts: what belongs to a part of either, such as a route or a disk.
        is_copy: what is added now are gains of running totals.
    """

    time_us: int
    span: float = 0.0
    process: Figures = field(default_factory=Figures)
    host: Figures = field(default_factory=Figures)
    parts: dict[tuple[PartKind, str], Figures] = field(default_factory=dict)
    is_copy: bool = False

    @classmethod
    def of(cls, snapshot: Snapshot) -> Reading:
        """What the scanner read, to which more may be added."""
        time_us, span, *rows = snapshot
        reading = cls(time_us, span)
        for place, longest, _, values, spans, whole in rows:
            if place is True:
                reading.host = Figures.unpacked(Entity.HOST, longest, values, spans, whole)
            elif place is False:
                reading.process = Figures.unpacked(Entity.PROCESS, longest, values, spans, whole)
            else:
                reading.parts[place] = Figures.unpacked(Entity.PART, longest, values, spans, whole)
        return reading

    def copy(self) -> Reading:
        """The same reading, to which gains may be added apart."""
        parts = {place: figures.copy() for place, figures in self.parts.items()}
        return Reading(self.time_us, self.span, self.process.copy(), self.host.copy(), parts, is_copy=True)

    def span_of(self, figures: Figures, owner: Figures) -> float:
        """What a row's increases cover. One of levels alone holds as long as its owner's, or as any other does."""
        return figures.span or owner.span or self.span

    def put(self, target: Target, value: float, span: float) -> None:
        """Fold a number into the row that it belongs to; `span` is what an increase covers, in seconds.

        Rows keep spans of their own: what an agent asks once a minute stands beside what it reads every 10 s.
        """
        figures = self.figures(target.entity, target.place)
        if target.column in figures.values:
            figures.add(target.column, value, target.largest_wins)
        else:
            figures.values[target.column] = value
        if span > 0:
            figures.covers(target.column, span)
            self.span = max(self.span, span)

    def spread(self, meaning: Meaning, distribution: Distribution, span: float) -> bool:
        """Put a distribution's figures into their columns, and it whole where it is kept so; False if it has none."""
        facets = {
            Facet.COUNT: float(distribution.count),
            Facet.SUM: distribution.sum,
            Facet.MAX: distribution.max if distribution.count else None,
            Facet.ERRORS: float(distribution.count) if meaning.failed else 0.0,
        }
        is_told = False
        for target in meaning.targets:
            value = facets.get(target.facet)
            if value is not None:
                self.put(target, value, span)
                is_told = True
        if distribution.merged is not None and distribution.merged.count:
            encoded = distribution.merged.encode()
            for place in meaning.whole:
                self.figures(Entity.PROCESS, place).whole.append(encoded)
        return is_told

    def figures(self, entity: Entity, place: Place) -> Figures:
        """The row in the making that a target belongs to."""
        if place is None:
            return self.process if entity is Entity.PROCESS else self.host
        figures = self.parts.get(place)
        if figures is None:
            figures = self.parts[place] = Figures(told=NOTHING if self.is_copy else None)
        return figures


@dataclass(frozen=True, slots=True)
class Cumulative:
    """A running total; what it adds is known once the last total is at hand.

    Attributes:
        stream: names the stream within its process or host.
        time_us: of its reading.
        start_us: since when it counts, microseconds since the epoch; 0 where that is not to be trusted.
        value: the total so far, in the column's unit; or the counts of a histogram's buckets.
        bounds: seconds between the buckets where they are explicit; None where they are exponential.
    """

    stream: bytes
    time_us: int
    meaning: Meaning
    start_us: int
    value: float | Histogram
    bounds: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class EventReading:
    """One event of a process.

    Attributes:
        time_us: when it happened on the sender's clock, microseconds since the epoch.
        name: of `vocabulary.events.EVENTS`.
        ordinal: tells events of one name and moment apart.
        values: column -> what was said.
    """

    time_us: int
    name: str
    ordinal: int
    values: Mapping[str, str | int | float]


_NO_READINGS: Final[dict[int, Reading]] = {}
_NO_TOTALS: Final[list[Cumulative]] = []
_NO_EVENTS: Final[list[EventReading]] = []


@dataclass(slots=True)
class Report:
    """All that one resource says in one request: samples or events, since each has an address of its own.

    Attributes:
        resource: its attributes, as far as they are read.
        clock_offset: server clock minus its clock, seconds.
        readings: time in microseconds -> reading.
        running: totals that wait for the stream's last one.
        events: what happened.
        points: how many points or events it was made of, without those left out or ignored.
        packed: its one reading as the scanner told it; `readings` is empty then. None where Python read something.
    """

    resource: Mapping[str, Scalar]
    clock_offset: float = 0.0
    readings: dict[int, Reading] = field(default_factory=dict)
    running: list[Cumulative] = field(default_factory=list)
    events: list[EventReading] = field(default_factory=list)
    points: int = 0
    packed: Snapshot | None = None

    @classmethod
    def of(cls, resource: Mapping[str, Scalar], clock_offset: float, snapshot: Snapshot | None, points: int) -> Report:
        """What the scanner told of a resource. There is nothing else in nearly all, and they share that nothing."""
        if snapshot is None:
            return cls(resource, clock_offset, points=points)
        return cls(resource, clock_offset, _NO_READINGS, _NO_TOTALS, _NO_EVENTS, points, snapshot)

    def unpack(self) -> None:
        """Have its reading among `readings`, where more can be done with it."""
        if self.packed is not None:
            self.readings, self.running, self.events = {self.packed[0]: Reading.of(self.packed)}, [], []
            self.packed = None

    def copy(self) -> Report:
        """The same report with readings of its own, so that a transaction may add to them and fail."""
        return replace(self, readings={time: reading.copy() for time, reading in self.readings.items()})

    @property
    def names_process(self) -> bool:
        """Whether the resource may be a process; else it is a machine alone."""
        return not PROCESS_KEYS.isdisjoint(self.resource)

    @property
    def latest_event(self) -> float | None:
        """When the last of its events happened, Unix seconds of the server's clock; None where it holds none."""
        if not self.events:
            return None
        return max(event.time_us for event in self.events) / 1e6 + self.clock_offset

    def heard_at(self, now: datetime) -> datetime | None:
        """When the last of its events happened, not later than now; None where it holds none."""
        latest = self.latest_event
        return None if latest is None else min(datetime.fromtimestamp(latest, UTC), now)

    @property
    def listening(self) -> int | None:
        """How many ports the process listens on, by its latest reading; None where it does not say."""
        if self.packed is not None:
            return _listening(self.packed)
        for time in sorted(self.readings, reverse=True):
            count = self.readings[time].process.values.get("listening")
            if count is not None:
                return min(int(count), MOST_PORTS)
        return None


def _listening(snapshot: Snapshot) -> int | None:
    place, _, _, values, *_ = snapshot[2]  # the process's own row is the first
    if place is not False or not values:
        return None
    (count,) = _NUMBER.unpack_from(values, _LISTENING)
    return None if math.isnan(count) else min(int(count), MOST_PORTS)
