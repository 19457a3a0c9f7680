from typing import NamedTuple

from advisor.ingest.meaning import Place
from advisor.vocabulary import PartKind

Row = tuple[tuple[PartKind, str] | bool, float, float, bytes, bytes, bytes | list[bytes] | None]
Snapshot = tuple[int, float, Row, *tuple[Row, ...]]
Odd = tuple[bytes, bytes]
Unknown = tuple[bytes, bytes]
Target = tuple[int, Place, bool, bool, int]
Told = tuple[int, float, float, bool, bool, tuple[Target, ...], tuple[Place, ...]]

PartOf = tuple[tuple[PartKind, str], float, float, bytes, bytes, bytes | list[bytes] | None]
Part = tuple[int, int, float, float, float, PartOf]

class Plain(NamedTuple):
    attributes: bytes
    kinds: bytes
    listening: bytes
    counts: bytes
    processes: bytes
    hosts: bytes
    wholes: list[bytes | list[bytes] | None]
    parts: list[Part]
    earliest: int
    latest: int
    points: int
    not_kept: int

class Resource(NamedTuple):
    attributes: bytes
    start: int
    size: int
    points: int
    not_kept: int
    is_slow: bool
    snapshot: Snapshot | None
    odd: list[Odd]
    unknown: list[Unknown]

class Scanner:
    def __init__(
        self,
        known: frozenset[bytes],
        most: int,
        seed: int,
        scales: tuple[int, int],
        buckets: int,
        past_seconds: float,
        messages: int,
        bucket_bytes: int,
        columns: tuple[int, int, int],
        listening: int,
    ) -> None: ...
    def json(self, body: bytes, apart: bool = False, /) -> Plain | list[Resource] | None: ...
    def protobuf(self, body: bytes, apart: bool = False, /) -> Plain | list[Resource] | None: ...
    def learn(self, name: bytes, attributes: bytes, told: Told | None) -> None: ...
