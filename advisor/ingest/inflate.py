"""Inflates a body as it arrives and stops the moment it grows beyond what it may."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Final, cast

from isal import isal_zlib

from advisor.ingest import limits
from advisor.ingest.answers import invalid, too_large

_GZIP_WINDOW: Final = 31
"""zlib's sign for 'a gzip header and trailer, largest window'."""

_GZIP_ERROR: Final = cast(type[Exception], isal_zlib.IsalError)  # its stub says value where it means class
_MAGIC: Final = b"\x1f\x8b"
_TRAILER: Final = struct.Struct("<II")
"""CRC-32 and size of what was compressed, at the end of a member (RFC 1952)."""

_PIECE: Final = 64 << 10
"""Most bytes that come out at a time: what they are written to is nearly all that a body takes."""


class Identity:
    """A body that is not compressed."""

    def __init__(self) -> None:
        self._only = b""  # nearly always it comes in one piece
        self._body: BytesIO | None = None  # unlike a bytearray it gives out what it holds without a copy
        self.size = 0
        """Bytes that it holds."""

    def feed(self, chunk: bytes) -> None:
        """Take the next piece; its size has been checked on the wire."""
        self._add(chunk)

    def finish(self) -> bytes:
        """The whole body."""
        return self._only if self._body is None else self._body.getvalue()

    @property
    def crc(self) -> int | None:
        """The CRC-32 of the whole body, where it brings that itself and it was checked."""
        return None

    def _add(self, piece: bytes) -> None:
        if not self.size:
            self._only = piece
        else:
            if self._body is None:
                self._body = BytesIO()
                self._body.write(self._only)
                self._only = b""
            self._body.write(piece)
        self.size += len(piece)


class Gunzip(Identity):
    """A gzip body of up to `limits.GZIP_MEMBERS` members, inflated piece by piece.

    Args:
        enough: bytes, inflated. Once there are more, the rest is not looked at any more.
    """

    def __init__(self, enough: int = limits.INFLATED_BYTES) -> None:
        super().__init__()
        self._enough = enough
        self._wire = 0
        self._members = 1
        self._stream = isal_zlib.decompressobj(_GZIP_WINDOW)
        self._held = b""
        self._tail = b""

    def feed(self, chunk: bytes) -> None:
        """Inflate the next piece.

        Raises:
            Refusal: 413 beyond the limits of size and ratio, 400 where the bytes are not gzip.
        """
        self._wire += len(chunk)
        self._tail = (self._tail + chunk)[-_TRAILER.size :]
        chunk = self._held + chunk if self._held else chunk
        self._held = b""
        is_full = False
        while (chunk or is_full) and self.size <= self._enough:
            if self._stream.eof:
                if len(chunk) < len(_MAGIC):
                    self._held = chunk
                    return
                self._next_member(chunk)
            inflated = self._inflate(chunk)
            self._add(inflated)
            is_full = len(inflated) == _PIECE and not self._stream.eof
            self._check_size()
            chunk = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail

    def finish(self) -> bytes:
        """The whole body.

        Raises:
            Refusal: 400 where the gzip data is cut off or followed by something else.
        """
        if not self._stream.eof:
            raise invalid("The gzip body is cut off. Send it again in full.")
        if self._held:
            raise invalid("The gzip body is followed by bytes that are not gzip.")
        return super().finish()

    @property
    def crc(self) -> int | None:
        """As gzip told it of its one member."""
        crc: int
        crc, _ = _TRAILER.unpack(self._tail)
        return crc if self._members == 1 else None

    def _inflate(self, chunk: bytes) -> bytes:
        try:
            inflated: bytes = self._stream.decompress(chunk, _PIECE)
        except _GZIP_ERROR as error:
            raise invalid(f"The body is announced as gzip but is not valid gzip: {error}") from None
        return inflated

    def _next_member(self, chunk: bytes) -> None:
        if not chunk.startswith(_MAGIC):
            raise invalid("The gzip body is followed by bytes that are not gzip.")
        self._members += 1
        if self._members > limits.GZIP_MEMBERS:
            raise too_large(f"The gzip body has more than {limits.GZIP_MEMBERS} members. Compress it in one piece.")
        self._stream = isal_zlib.decompressobj(_GZIP_WINDOW)

    def _check_size(self) -> None:
        size = self.size
        if size > limits.INFLATED_BYTES:
            raise too_large(f"The body inflates to more than {limits.INFLATED_BYTES} bytes. Send smaller batches.")
        if size > limits.RATIO_FREE_BYTES and size > limits.RATIO * self._wire:
            raise too_large(f"The body inflates more than {limits.RATIO} times over. Send it less compressed.")
