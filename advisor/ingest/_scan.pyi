from advisor.ingest.meaning import Place
from advisor.vocabulary import PartKind

Row = tuple[tuple[PartKind, str] | bool, float, dict[str, float], list[bytes], dict[str, float]]
Odd = tuple[bytes, bytes]
Unknown = tuple[bytes, bytes]
Resource = tuple[bytes, int, int, int, int, bool, int, float, list[Row], list[Odd], list[Unknown]]
Target = tuple[str, Place, bool, bool, int]
Told = tuple[int, float, float, bool, bool, tuple[Target, ...], tuple[Place, ...]]

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
    ) -> None: ...
    def json(self, body: bytes) -> list[Resource] | None: ...
    def protobuf(self, body: bytes) -> list[Resource] | None: ...
    def learn(self, name: bytes, attributes: bytes, told: Told | None) -> None: ...
