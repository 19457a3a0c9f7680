"""What one request brings to the writer."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

from isal import isal_zlib

from advisor.fleet.models import Token
from advisor.fleet.registry import Identity
from advisor.ingest.answers import Receipt, Refusal
from advisor.ingest.crowd import Members
from advisor.ingest.pivot import Pivoted

_PIECE: Final = 5_000
"""Bytes that are added up at once: with more than 5 KiB the library lets other threads run first, and getting its turn
again takes a thousand times as long."""

Outcome = Receipt | Refusal
"""What became of a batch; a refusal is an answer here, not an exception."""


@dataclass(slots=True)
class Batch:
    """One request, sorted.

    Attributes:
        pivoted: its points.
        token: who brings it.
        id: kept over retries, as `store.batches.BatchKey` has it; None where the sender keeps none.
        received: Unix seconds on the server's clock.
        content: tells its body from others, see `content_of`.
        known: of how many of its reports, from the first on, it has been found out who they are.
        senders: who they are, as far as that needs no database; empty where nobody has asked.
        members: who they are where all of them are told together, and known.
        since: when it came, on the monotonic clock.
    """

    pivoted: Pivoted
    token: Token
    id: str | None
    received: float
    content: int = 0
    known: int = field(default=0, compare=False)
    senders: list[Identity | None] = field(default_factory=list, compare=False)
    members: Members | None = field(default=None, compare=False)
    since: float = field(default_factory=time.monotonic, compare=False)

    @property
    def points(self) -> int:
        """Its weight in the queue; at least one, so that empty batches are bounded too."""
        return max(1, self.pivoted.points)


def content_of(body: bytes, crc: int | None = None) -> int:
    """What tells an inflated body from others that were meant otherwise: its CRC-32 and its length, as gzip has them.

    It guards against a sender that gives an id twice by mistake, and nobody gains by forging it: the ids of a token
    are its own. A cryptographic digest would cost 6 % of all that a request costs, and this 0.1 %.
    """
    return len(body) << 32 | (_crc(body) if crc is None else crc)


def _crc(body: bytes) -> int:
    crc, whole = 0, memoryview(body)
    for start in range(0, len(body), _PIECE):
        crc = isal_zlib.crc32(whole[start : start + _PIECE], crc)
    return crc
