"""Rows of processes or of hosts that came together, side by side in one piece of bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from advisor.store.rows import HostRow, ProcessRow
from advisor.vocabulary import Entity, columns_of

_WORD: Final = 8


@cache
def form(entity: Entity) -> np.dtype[Any]:
    """How a row lies in a bundle, little-endian.

    `owner` is a place in `Bundle.owners`; `time` the sender's own, microseconds since the epoch; `span` what its
    increases cover, in seconds; `own` that by its own increases alone, and `longest` that of all that its owner told;
    `values` a figure for each of `columns_of(entity)`, NaN where unknown; `bits` one for each of these that is an
    increase, the lowest first.
    """
    width = len(columns_of(entity))
    bits = -(-width // (8 * _WORD)) * _WORD
    return np.dtype(
        [
            ("owner", "<u4"),
            ("unused", "<u4"),
            ("time", "<i8"),
            ("span", "<f8"),
            ("own", "<f8"),
            ("longest", "<f8"),
            ("values", "<f8", (width,)),
            ("bits", "u1", (bits,)),
        ]
    )


@dataclass(slots=True)
class Bundle:
    """The rows of processes, or of hosts, of one export.

    Attributes:
        entity: whose snapshots they are.
        records: the rows, each of `form(entity)`.
        owners: the ids that rows are kept under, a line for each owner: service and instance, or host.
        clock_offset: server clock minus sender clock, seconds.
        wholes: of processes, the encoded `Histogram` of each row's request durations, None where there is none.
        teller: the caller's own number of who told it.
        rows: the same rows, each for itself, once somebody asked for them.
    """

    entity: Entity
    records: bytes
    owners: NDArray[np.int64]
    clock_offset: float
    wholes: Sequence[bytes | None]
    teller: int = 0
    rows: list[HostRow | ProcessRow] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.records) // form(self.entity).itemsize

    @property
    def blobs(self) -> Sequence[bytes | None]:
        """The distribution of each row."""
        return self.wholes if self.entity is Entity.PROCESS else [None] * self.count

    def apart(self) -> list[HostRow | ProcessRow]:
        """Each row for itself."""
        if not self.rows:
            self.rows = list(self._made())
        return self.rows

    def _made(self) -> Iterator[HostRow | ProcessRow]:
        for record, blob in zip(np.frombuffer(self.records, form(self.entity)), self.blobs, strict=True):
            moment = int(record["time"]), float(record["span"]), self.clock_offset
            ids, told = self.owners[record["owner"]].tolist(), record["values"].tobytes()
            if self.entity is Entity.PROCESS:
                yield ProcessRow(ids[0], ids[1], *moment, {}, blob, packed=told, teller=self.teller)
            else:
                yield HostRow(ids[0], *moment, {}, packed=told, teller=self.teller)
