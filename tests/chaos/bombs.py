"""Requests that cost a careless server far more than they cost their sender (reliability goals, D5)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from tests.bench.ingest.wires import field
from tests.chaos.asker import JSON, PROTOBUF

_MILLION: Final = 1_000_000
_GZIP: Final = (("content-encoding", "gzip"),)
_PIECE: Final = 1 << 16


@dataclass(frozen=True)
class Bomb:
    """One of them.

    Attributes:
        status: of the answer.
        body: makes what is sent.
        headers: further ones.
        length: what is announced; None where the body's own is.
        is_endless: the body comes in chunks, again and again, up to 2 GB.
    """

    status: int
    body: Callable[[], bytes]
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    length: int | None = None
    is_endless: bool = False

    @property
    def answers(self) -> set[int]:
        """What may come of it; 0 is none, as whoever sends for ever and does not listen is cut off at last."""
        return {self.status, 0} if self.is_endless else {self.status}

    def head(self, token: str) -> bytes:
        """The request line and the headers."""
        size = len(self.body()) if self.length is None else self.length
        framing = ("transfer-encoding", "chunked") if self.is_endless else ("content-length", str(size))
        given = (("host", "here"), ("authorization", f"Bearer {token}"), ("content-type", self.content_type), framing)
        lines = ("POST /v1/metrics HTTP/1.1", *(f"{name}: {value}" for name, value in (*given, *self.headers)), "", "")
        return "\r\n".join(lines).encode()

    def pieces(self) -> Iterator[bytes]:
        """What follows the head."""
        body = self.body()
        if self.is_endless:
            for _ in range(2_000 * _MILLION // len(body)):
                yield b"%x\r\n%s\r\n" % (len(body), body)
            return
        for start in range(0, len(body), _PIECE):
            yield body[start : start + _PIECE]


@cache
def _zeros() -> bytes:
    return gzip.compress(bytes(200 * _MILLION))


def _poorly(body: bytes) -> bytes:
    """Compressed, but less than a hundred times: the ratio says nothing against it."""
    packer = zlib.compressobj(wbits=31, strategy=zlib.Z_HUFFMAN_ONLY)
    return packer.compress(body) + packer.flush()


def _nested(*path: int, inner: bytes) -> bytes:
    """A protobuf message in others, by the numbers of their fields from the outside in."""
    for number in reversed(path):
        inner = field(number, inner)
    return inner


_EMPTY: Final = b"\x0a\x00"
"""An empty message in field 1."""


def _strings() -> bytes:
    """Just more braces than objects are allowed, and empty strings."""
    return _poorly(b'{"a":[%s%s0]}' % (b"{}," * 20_000, b'"",' * _MILLION))


def _attributes() -> bytes:
    listed = b",".join(b'{"key":"k%d","value":{"stringValue":"%s"}}' % (number, b"v" * 300) for number in range(9_000))
    return _poorly(b'{"resourceMetrics":[{"resource":{"attributes":[%s]}}]}' % listed)


BOMBS: Final = {
    "gzip 1:1000": Bomb(413, _zeros, headers=_GZIP),
    "gzip of gzip": Bomb(400, cache(lambda: gzip.compress(_zeros())), headers=_GZIP),
    "10,000 members": Bomb(413, cache(lambda: gzip.compress(b"{}") * 10_000), headers=_GZIP),
    "gzip cut off": Bomb(400, cache(lambda: gzip.compress(b'{"resourceMetrics":[]}')[:-8]), headers=_GZIP),
    "gzip, gzip": Bomb(415, cache(lambda: gzip.compress(_zeros())), headers=(("content-encoding", "gzip, gzip"),)),
    "br": Bomb(415, _zeros, headers=(("content-encoding", "br"),)),
    "zstd": Bomb(415, _zeros, headers=(("content-encoding", "zstd"),)),
    "two encodings": Bomb(400, _zeros, headers=(("content-encoding", "br"), *_GZIP)),
    "two tokens": Bomb(400, lambda: b"{}", headers=(("authorization", "Bearer sae_x"),)),
    "understated length": Bomb(400, cache(lambda: b"{" * _MILLION), length=10),
    "2 GB in chunks": Bomb(413, cache(lambda: bytes(_PIECE)), is_endless=True),
    "a million empty resources": Bomb(413, cache(lambda: _poorly(_EMPTY * _MILLION)), PROTOBUF, _GZIP),
    "empty points": Bomb(
        413, cache(lambda: _poorly(_nested(1, 2, 2, 5, inner=_EMPTY * 2 * _MILLION))), PROTOBUF, _GZIP
    ),
    "empty attributes": Bomb(413, cache(lambda: _poorly(_nested(1, 1, inner=_EMPTY * 2 * _MILLION))), PROTOBUF, _GZIP),
    "small fields": Bomb(200, cache(lambda: b"\x18\x00" * 249_000), PROTOBUF),
    "empty objects": Bomb(
        413, cache(lambda: _poorly(b'{"resourceMetrics":[%s{}]}' % (b"{}," * _MILLION))), JSON, _GZIP
    ),
    "many attributes": Bomb(200, cache(_attributes), JSON, _GZIP),
    "deep lists": Bomb(400, cache(lambda: b"[" * 100_000)),
    "deep unknown lists": Bomb(400, cache(lambda: b'{"a":' + b"[" * 100_000)),
    "deep objects": Bomb(413, cache(lambda: b'{"a":' * 100_000)),
    "empty strings": Bomb(413, cache(_strings), JSON, _GZIP),
    "quotes without an end": Bomb(
        413, cache(lambda: _poorly(b"{" * 20_001 + b'"' + b'\\"' * 2 * _MILLION)), JSON, _GZIP
    ),
    "a number of 4 MB": Bomb(200, cache(lambda: _poorly(b'{"a":%s}' % (b"9" * 4 * _MILLION))), JSON, _GZIP),
}
