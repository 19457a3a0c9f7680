"""Inflates a body as it arrives and stops the moment it grows beyond what it may."""

from __future__ import annotations

from io import BytesIO
from typing import Final, cast

from isal import isal_zlib

from advisor.ingest import limits
from advisor.ingest.answers import invalid, too_large

_GZIP_WINDOW: Final = 31
"""zlib's sign for 'a gzip header and trailer, largest window'."""

_GZIP_ERROR: Final = cast(type[Exception], isal_zlib.IsalError)  # its stub says value where it means class
_MAGIC: Final = b"\x1f\x8b"
_PIECE: Final = 64 << 10
"""Most bytes that come out at a time: what they are written to is nearly all that a body takes."""


class Identity:
    """A body that is not compressed."""

    def __init__(self) -> None:
        self._body = BytesIO()  # unlike a bytearray it gives out what it holds without a copy

    def feed(self, chunk: bytes) -> None:
        """Take the next piece; its size has been checked on the wire."""
        self._body.write(chunk)

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        return self._body.tell()

    def finish(self) -> bytes:
        """The whole body."""
        return self._body.getvalue()


class Gunzip(Identity):
    """A gzip body of up to `limits.GZIP_MEMBERS` members, inflated piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._wire = 0
        self._members = 1
        self._stream = isal_zlib.decompressobj(_GZIP_WINDOW)
        self._held = b""

    def feed(self, chunk: bytes) -> None:
        """Inflate the next piece.

        Raises:
            Refusal: 413 beyond the limits of size and ratio, 400 where the bytes are not gzip.
        """
        self._wire += len(chunk)
        chunk = self._held + chunk
        self._held = b""
        is_full = False
        while chunk or is_full:
            if self._stream.eof:
                if len(chunk) < len(_MAGIC):
                    self._held = chunk
                    return
                self._next_member(chunk)
            is_full = self._body.write(self._inflate(chunk)) == _PIECE and not self._stream.eof
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
