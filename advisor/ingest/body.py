"""Reads a request: its headers first, and its body only once the sender is known."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final, NamedTuple

from advisor.ingest import limits
from advisor.ingest.answers import JSON, PROTOBUF, Code, Refusal, invalid, too_large, unavailable
from advisor.ingest.inflate import Gunzip, Identity
from advisor.ingest.room import Share

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_ONCE: Final = frozenset(
    (b"authorization", b"content-encoding", b"content-type", b"advisor-batch-id", b"advisor-sent-at")
)


_UUID: Final = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""As nearly everybody writes one."""


class Head(NamedTuple):
    """What the headers say, checked.

    Attributes:
        content_type: `answers.JSON` or `answers.PROTOBUF`.
        gzip: the body is compressed.
        authorization: the header as it came; empty if there is none.
        batch_id: kept by the sender over retries, 32 hexadecimal digits; None where it keeps none.
        sent_at: Unix seconds on the sender's clock at sending; None where it does not say.
    """

    content_type: bytes
    gzip: bool
    authorization: bytes
    batch_id: str | None
    sent_at: float | None


class Body(NamedTuple):
    """All of a body, and its CRC-32 where that is known already."""

    data: bytes
    crc: int | None = None


class Disconnected(Exception):
    """The sender went away before its body was complete; nobody is left to answer."""


def answer_type(headers: dict[bytes, bytes]) -> bytes:
    """The content type to answer in: the request's own, JSON where it has neither."""
    return PROTOBUF if _media_type(headers.get(b"content-type", b"")) == PROTOBUF else JSON


def check_repeated(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """See that there is one word each about who sends, and how to read it: of two, each side might believe another.

    Raises:
        Refusal: 400, one of these headers is there twice.
    """
    names = [name for name, _ in headers if name in _ONCE]
    if len(names) > len(set(names)):
        twice = next(name for name in names if names.count(name) > 1)
        raise invalid(f"The header {twice.decode().title()} is there more than once. Send it once.")


def _media_type(given: bytes) -> bytes:
    return given if given in (JSON, PROTOBUF) else _plain(given.partition(b";")[0])


def _plain(given: bytes) -> bytes:
    return given if given == b"gzip" else given.strip().lower()


def read_head(headers: dict[bytes, bytes]) -> Head:
    """Check the headers.

    Raises:
        Refusal: 415 for another content type or encoding, 413 for a body announced as too large,
            400 for a header that cannot be read.
    """
    encoding = _plain(headers.get(b"content-encoding", b"identity"))
    if encoding not in (b"identity", b"gzip", b""):
        raise Refusal(415, Code.UNIMPLEMENTED, "Content-Encoding must be gzip or identity.")
    given = _media_type(headers.get(b"content-type", b""))
    if given not in (JSON, PROTOBUF):
        raise Refusal(415, Code.UNIMPLEMENTED, "Content-Type must be application/json or application/x-protobuf.")
    _check_length(headers.get(b"content-length"))
    return Head(
        content_type=given,
        gzip=encoding == b"gzip",
        authorization=headers.get(b"authorization", b""),
        batch_id=_batch_id(headers.get(b"advisor-batch-id")),
        sent_at=_sent_at(headers.get(b"advisor-sent-at")),
    )


async def read_body(receive: Receive, gzip: bool, share: Share, seconds: float = limits.BODY_SECONDS) -> Body:
    """The body, inflated while it arrives; `share` grows with it.

    Raises:
        Refusal: 413 and 400 as `inflate`, 503 where it does not arrive in time or there is no room for it.
        Disconnected: the sender went away.
    """
    reader = Gunzip() if gzip else Identity()
    try:
        async with asyncio.timeout(seconds):
            return await _read(receive, reader, share)
    except TimeoutError:
        raise unavailable(f"The body did not arrive within {seconds:.0f} seconds. Send it again.") from None


async def _read(receive: Receive, reader: Gunzip | Identity, share: Share) -> Body:
    size, more = 0, True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Disconnected
        chunk = event.get("body", b"")
        size += len(chunk)
        if size > limits.WIRE_BYTES:
            raise _too_long()
        reader.feed(chunk)
        share.grow(reader.size)
        more = event.get("more_body", False)
    return Body(reader.finish(), reader.crc)


def inflate(data: bytes, gzip: bool, enough: int = limits.INFLATED_BYTES) -> Body | None:
    """A body of which all has arrived; None where it has more than `enough` bytes.

    Raises:
        Refusal: 413 and 400 as `inflate.Gunzip`.
    """
    if len(data) > limits.WIRE_BYTES:
        raise _too_long()
    reader = Gunzip(enough) if gzip else Identity()
    reader.feed(data)
    return None if reader.size > enough else Body(reader.finish(), reader.crc)


def _check_length(announced: bytes | None) -> None:
    if announced is not None and announced.isdigit() and int(announced) > limits.WIRE_BYTES:
        raise _too_long()


def _too_long() -> Refusal:
    return too_large(f"The body is longer than {limits.WIRE_BYTES} bytes. Send smaller batches.")


def _batch_id(given: bytes | None) -> str | None:
    if given is None:
        return None
    text = given.decode("latin-1")
    try:
        return text.replace("-", "") if _UUID.fullmatch(text) else uuid.UUID(text).hex
    except ValueError:
        raise invalid("The header Advisor-Batch-Id is no UUID.") from None


def _sent_at(given: bytes | None) -> float | None:
    try:
        sent_at = None if given is None else float(given)
    except ValueError:
        sent_at = -1.0
    if sent_at is not None and not 0 <= sent_at < 2**33:
        raise invalid("The header Advisor-Sent-At is no Unix time in seconds.")
    return sent_at
