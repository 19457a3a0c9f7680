"""What a column of the store is: one metric, picked by attributes, kept as one number a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Entity(StrEnum):
    """Whose snapshot a column belongs to."""

    HOST = "host"
    PROCESS = "process"
    PART = "part"


class PartKind(StrEnum):
    """A further dimension below a process or a host."""

    ROUTE = "route"
    DESTINATION = "destination"
    DATABASE = "database"
    POOL = "pool"
    THREAD = "thread"
    HANDLE = "handle"
    DISK = "disk"
    INTERFACE = "interface"
    CPU = "cpu"
    COLLECTOR = "collector"
    PROGRAM = "program"
    DATASTORE = "datastore"
    REPLICA = "replica"
    STATEMENT = "statement"
    APP = "app"

    @property
    def of_process(self) -> bool:
        """True below a process, False below a host."""
        return self not in _OF_HOST


_OF_HOST = frozenset(
    {
        PartKind.DISK,
        PartKind.INTERFACE,
        PartKind.CPU,
        PartKind.COLLECTOR,
        PartKind.PROGRAM,
        PartKind.DATASTORE,
        PartKind.REPLICA,
        PartKind.STATEMENT,
        PartKind.APP,
    }
)


class Kind(StrEnum):
    """OpenTelemetry's instruments, as far as storing tells them apart.

    A counter travels as a monotonic sum and is stored as the increase over the row's `span`;
    an up-down counter travels as a non-monotonic sum and is stored like a gauge.
    """

    GAUGE = "gauge"
    UPDOWNCOUNTER = "updowncounter"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


class Facet(StrEnum):
    """Which figure of a data point a column keeps.

    `ERRORS` counts the histogram points whose `error.type` is set or whose status is 500 or more.
    """

    VALUE = "value"
    COUNT = "count"
    SUM = "sum"
    MAX = "max"
    ERRORS = "errors"


class Combine(StrEnum):
    """How points that differ only in attributes the column ignores become one number."""

    SUM = "sum"
    MAX = "max"


_BY_OPTIONS = ("advisor.v8js.memory.heap.limit", "advisor.v8js.memory.heap.young.limit")
"""Follow from options and memory, which an agent sees as well."""

_FROM_INSIDE = ("nodejs.", "v8js.", "http.", "db.client.", "advisor.nodejs.", "advisor.v8js.", "advisor.websocket.")


@dataclass(frozen=True, slots=True)
class Column:
    """One number of a snapshot.

    Attributes:
        entity: whose row it stands in.
        name: the store's column name, unique within the entity.
        metric: the OpenTelemetry name, or one that starts with `advisor.`.
        unit: UCUM: `s`, `By`, `1`, `{request}`.
        kind: the instrument on the wire.
        brief: one line for people.
        where: attribute -> the values that this column takes; others are ignored.
        facet: the figure of the point that is kept.
        combine: how several points of one snapshot fold.
        part: the kind of part, for `Entity.PART`.
        named_by: the attributes whose values, joined by a space, name the part.
    """

    entity: Entity
    name: str
    metric: str
    unit: str
    kind: Kind
    brief: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facet: Facet = Facet.VALUE
    combine: Combine = Combine.SUM
    part: PartKind | None = None
    named_by: tuple[str, ...] = ()

    @property
    def is_inside(self) -> bool:
        """True where only the process itself knows it: its loop, its heap, its requests and calls."""
        return self.metric.startswith(_FROM_INSIDE) and self.metric not in _BY_OPTIONS

    @property
    def is_increase(self) -> bool:
        """True where a row holds an increase over its `span` rather than a level."""
        return self.kind is Kind.COUNTER or (self.kind is Kind.HISTOGRAM and self.facet is not Facet.MAX)
