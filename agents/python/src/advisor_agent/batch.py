"""What is queued and sent as one, and the record it becomes on a disk, which knows when it is damaged."""

from __future__ import annotations

import zlib

from advisor_agent.signals import METRICS, SIGNALS


class Batch:
    """A body as it was made or received, where it goes, and the id that it keeps over every retry."""

    __slots__ = ("body", "content_type", "encoding", "id", "signal")

    def __init__(self, batch_id: str, content_type: str, encoding: str, body: bytes, signal: str = METRICS) -> None:
        self.id = batch_id
        self.content_type = content_type
        self.encoding = encoding
        self.body = body
        self.signal = signal

    def to_bytes(self) -> bytes:
        """One line of fields, the last one a checksum of all the rest, then the body."""
        head = f"{self.id} {self.content_type} {self.encoding or '-'} {self.signal}"
        return f"{head} {_checksum(head, self.body)}\n".encode() + self.body

    @classmethod
    def from_bytes(cls, data: bytes) -> Batch:
        """The reverse; ValueError for a torn file, or one with a flipped bit."""
        line, _, body = data.partition(b"\n")
        head, _, checksum = line.decode("ascii").rpartition(" ")
        fields = head.split(" ")
        if not body or len(fields) != 4 or fields[3] not in SIGNALS or checksum != _checksum(head, body):
            raise ValueError("not a whole batch")
        batch_id, content_type, encoding, signal = fields
        return cls(batch_id, content_type, "" if encoding == "-" else encoding, body, signal)


def _checksum(head: str, body: bytes) -> str:
    return f"{zlib.crc32(body, zlib.crc32(head.encode())):08x}"
