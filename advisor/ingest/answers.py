"""What the door says: the bodies and status codes of the OTLP/HTTP specification.

Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response. An error carries a
`google.rpc.Status` in the request's own content type; only 429 and 503 ask for another try.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, NamedTuple

import msgspec
from google.protobuf.json_format import MessageToJson
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse

from advisor.ingest import limits

JSON: Final = b"application/json"
PROTOBUF: Final = b"application/x-protobuf"

Headers = tuple[tuple[bytes, bytes], ...]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_REPLAYED: Final[Headers] = ((b"advisor-replayed", b"true"),)


class Code(IntEnum):
    """The codes of `google.rpc.Code` that the door uses."""

    INVALID_ARGUMENT = 3
    NOT_FOUND = 5
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    UNIMPLEMENTED = 12
    UNAVAILABLE = 14
    UNAUTHENTICATED = 16


@dataclass(eq=False)
class Refusal(Exception):
    """A request that is not taken: what was wrong and what to do, as the sender will read it.

    Attributes:
        status: the HTTP status; 429 and 503 mean that the same body may be sent again.
        code: its counterpart in `google.rpc.Code`.
        message: one or two sentences.
        headers: further headers of the answer.
    """

    status: int
    code: Code
    message: str
    headers: Headers = field(default=())


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a request that was taken. Two are equal where their senders read the same.

    Attributes:
        rejected: reason -> number of points, records or figures that were left out for it.
        replayed: the batch had been stored before, so nothing changed.
        ignored: reason -> number of points or records that say nothing which is kept here, and that is no error.
        points: how many points or records the request held.
    """

    rejected: Counter[str] = field(default_factory=Counter)
    replayed: bool = False
    ignored: Counter[str] = field(default_factory=Counter, compare=False)
    points: int = field(default=0, compare=False)

    @property
    def refused(self) -> int:
        """What OTLP calls rejected. A figure counts as a point, though that of a histogram has several."""
        return min(self.rejected.total(), self.points - self.ignored.total())

    @property
    def kept(self) -> int:
        """Points or records that were kept: what is neither refused nor ignored."""
        return self.points - self.refused - self.ignored.total()

    @property
    def message(self) -> str:
        """The reasons with their counts, in one line; empty where all went in."""
        return "; ".join(f"{count} {reason}" for reason, count in sorted(self.rejected.items()))


def unavailable(message: str, retry_after: int = 1) -> Refusal:
    """The refusal that asks the sender to keep its data and come back after so many seconds."""
    return Refusal(503, Code.UNAVAILABLE, message, _retry_after(retry_after))


class Away(Refusal):
    """A refusal for what is the matter with the database. It holds for others who wait for that as well."""


def away(message: str) -> Away:
    """The refusal of what needs the database, as `unavailable`; its sender comes back soon enough for P35."""
    return Away(503, Code.UNAVAILABLE, message, _retry_after(limits.AWAY_SECONDS))


def invalid(message: str) -> Refusal:
    """The refusal of a body that will never be taken as it is."""
    return Refusal(400, Code.INVALID_ARGUMENT, message)


def too_large(message: str) -> Refusal:
    """The refusal of a body that must be sent in smaller pieces."""
    return Refusal(413, Code.RESOURCE_EXHAUSTED, message)


class Answer(NamedTuple):
    """What is sent back.

    Attributes:
        status: of HTTP.
        content_type: of the body.
        body: may be empty.
        headers: further ones.
    """

    status: int
    content_type: bytes
    body: bytes
    headers: Headers


def refuse(refusal: Refusal, content_type: bytes) -> Answer:
    """The refusal as a `google.rpc.Status`."""
    body = _status_protobuf(refusal) if content_type == PROTOBUF else _status_json(refusal)
    return Answer(refusal.status, content_type, body, refusal.headers)


def metrics_response(receipt: Receipt) -> ExportMetricsServiceResponse:
    """What OTLP answers to metrics; `partial_success` is set only where points were left out."""
    response = ExportMetricsServiceResponse()
    if receipt.rejected:
        response.partial_success.rejected_data_points = receipt.refused
        response.partial_success.error_message = receipt.message
    return response


def logs_response(receipt: Receipt) -> ExportLogsServiceResponse:
    """What OTLP answers to logs; `partial_success` is set only where records were left out."""
    response = ExportLogsServiceResponse()
    if receipt.rejected:
        response.partial_success.rejected_log_records = receipt.refused
        response.partial_success.error_message = receipt.message
    return response


Respond = Callable[[Receipt], ExportMetricsServiceResponse | ExportLogsServiceResponse]


def acknowledge(receipt: Receipt, content_type: bytes, respond: Respond) -> Answer:
    """200; `respond` makes the message of the signal that was taken."""
    if content_type == PROTOBUF:
        body = respond(receipt).SerializeToString() if receipt.rejected else b""  # the message where nothing is set
    else:
        body = MessageToJson(respond(receipt), indent=None).encode() if receipt.rejected else b"{}"
    return Answer(200, content_type, body, _REPLAYED if receipt.replayed else ())


async def send_answer(send: Send, answer: Answer) -> None:
    """Say it as ASGI does."""
    fixed = ((b"content-type", answer.content_type), (b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": [*fixed, *answer.headers]})
    await send({"type": "http.response.body", "body": answer.body})


def _retry_after(seconds: int) -> Headers:
    return ((b"retry-after", str(seconds).encode()),)


def _status_json(refusal: Refusal) -> bytes:
    return msgspec.json.encode({"code": int(refusal.code), "message": refusal.message})


def _status_protobuf(refusal: Refusal) -> bytes:
    """`google.rpc.Status` by hand: field 1 the code, field 2 the message. No dependency has its class."""
    message = refusal.message.encode()
    return bytes((0x08, refusal.code, 0x12)) + _varint(len(message)) + message


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
