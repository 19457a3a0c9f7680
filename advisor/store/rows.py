"""What ingest hands to the store: resolved rows, one a snapshot or event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from advisor.vocabulary import PartKind

if TYPE_CHECKING:
    from advisor.store.bundles import Bundle

DISTRIBUTION = "distribution"
"""Among the gains of a row: its histogram, whose column each table calls otherwise."""

NOTHING: frozenset[str] = frozenset()


@dataclass(slots=True)
class HostRow:
    """One snapshot of a machine.

    Attributes:
        host_id: primary key of `fleet.Host`.
        time_us: the sender's own timestamp, microseconds since the epoch.
        span: seconds that the increases cover; 0 where unknown.
        clock_offset: server clock minus sender clock, seconds; added to the time when reading.
        values: column of `columns_of(Entity.HOST)` -> finite number. Absent means unknown.
        gains: those of its columns that come on top of what is known of the moment.
        left_out: how many of its figures were left out, since others are known of the moment. Set by the store.
        packed: in place of `values`, a little-endian double for each of `columns_of(Entity.HOST)`; NaN where unknown.
        teller: the caller's own number of who told it, which says nothing to the store.
    """

    host_id: int
    time_us: int
    span: float
    clock_offset: float
    values: dict[str, float]
    gains: frozenset[str] = NOTHING
    left_out: int = 0
    packed: bytes = b""
    teller: int = 0


@dataclass(slots=True)
class ProcessRow:
    """One snapshot of a process; as `HostRow`, with the encoded `Histogram` of its request durations."""

    service_id: int
    instance_id: int
    time_us: int
    span: float
    clock_offset: float
    values: dict[str, float]
    latency: bytes | None = None
    gains: frozenset[str] = NOTHING
    left_out: int = 0
    packed: bytes = b""
    teller: int = 0


@dataclass(slots=True)
class PartRow:
    """One snapshot of a part of a process or of a host.

    `owner_id` is the service where `kind.of_process`; otherwise it is the host, and `instance_id` is 0.
    """

    owner_id: int
    instance_id: int
    time_us: int
    span: float
    clock_offset: float
    kind: PartKind
    name: str
    values: dict[str, float]
    histogram: bytes | None = None
    gains: frozenset[str] = NOTHING
    left_out: int = 0
    packed: bytes = b""
    teller: int = 0


Row = HostRow | ProcessRow | PartRow


@dataclass(slots=True)
class EventRow:
    """What happened at one moment in one process.

    Attributes:
        name: of `vocabulary.events.EVENTS`.
        ordinal: tells events of one name and moment apart.
        values: column of `vocabulary.events.ATTRIBUTES` but the ordinal -> what was said of it. Absent means unknown.
    """

    service_id: int
    instance_id: int
    time_us: int
    clock_offset: float
    name: str
    ordinal: int
    values: Mapping[str, str | int | float]


@dataclass(slots=True)
class Rows:
    """What one transaction writes: rows each for itself, and in `bundles` those that came together."""

    hosts: list[HostRow] = field(default_factory=list)
    processes: list[ProcessRow] = field(default_factory=list)
    parts: list[PartRow] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    bundles: list[Bundle] = field(default_factory=list)

    @property
    def left_out(self) -> Iterator[tuple[int, int]]:
        """Tellers of rows of which the store left figures out, and how many."""
        loose: Iterator[Row] = chain(self.hosts, self.processes, self.parts)
        bundled = chain.from_iterable(bundle.rows for bundle in self.bundles)
        return ((row.teller, row.left_out) for row in chain(loose, bundled) if row.left_out)
