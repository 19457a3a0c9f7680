"""Counts the messages of a protobuf body before anything is allocated for them.

An empty message takes two bytes on the wire and some hundred once decoded, so a size limit alone
lets 4 MiB grow to 128. The walk descends only where the decoder would build an object.
Field numbers are those of opentelemetry-proto 1.x, `metrics.proto`, `logs.proto` and `common.proto`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from advisor.ingest import limits
from advisor.ingest.answers import Refusal, invalid, too_large

Shape = Mapping[int, "Shape"]

_LEAF: Shape = {}
_ANY: dict[int, Shape] = {}
_PAIR: Shape = {2: _ANY}
_ANY.update({5: {1: _ANY}, 6: {1: _PAIR}})
_EXEMPLAR: Shape = {7: _PAIR}
_BUCKETS: Final[Shape] = {-1: _LEAF}
_NUMBER: Shape = {7: _PAIR, 5: _EXEMPLAR}
_HISTOGRAM: Shape = {9: _PAIR, 8: _EXEMPLAR}
_EXPONENTIAL: Shape = {1: _PAIR, 8: _BUCKETS, 9: _BUCKETS, 11: _EXEMPLAR}
_SUMMARY: Shape = {7: _PAIR, 6: _LEAF}
_METRIC: Shape = {
    5: {1: _NUMBER}, 7: {1: _NUMBER}, 9: {1: _HISTOGRAM}, 10: {1: _EXPONENTIAL}, 11: {1: _SUMMARY}, 12: _PAIR,
}  # fmt: skip
_SCOPE: Shape = {3: _PAIR}
_ENTITY: Shape = {3: _LEAF, 4: _LEAF}
_RESOURCE: Shape = {1: _PAIR, 3: _ENTITY}
_RECORD: Shape = {5: _ANY, 6: _PAIR}
METRICS: Final[Shape] = {1: {1: _RESOURCE, 2: {1: _SCOPE, 2: _METRIC}}}
LOGS: Final[Shape] = {1: {1: _RESOURCE, 2: {1: _SCOPE, 2: _RECORD}}}


def check(body: bytes, shape: Shape) -> None:
    """Walk the body of an export once; `shape` is `METRICS` or `LOGS`.

    Raises:
        Refusal: 413 for more messages than `limits.MESSAGES`, 400 for what is no protobuf or nests
            deeper than `limits.DEPTH` values.
    """
    try:
        _walk(body, shape)
    except IndexError:
        raise invalid("The body is not OTLP/protobuf: a field is cut off.") from None


def _walk(body: bytes, export: Shape) -> None:
    messages = fields = 0
    open_parts: list[tuple[int, int, Shape, int]] = [(0, len(body), export, 0)]
    while open_parts:
        position, end, shape, depth = open_parts.pop()
        while position < end:
            fields += 1
            if fields > limits.FIELDS:
                raise _too_many()
            tag, position = _varint(body, position)
            start, position = _skip(body, position, tag & 7)
            if position > end:
                raise invalid("The body is not OTLP/protobuf: a field is longer than its message.")
            inner = shape.get(tag >> 3)
            if inner is not None and tag & 7 == 2:
                messages += 1
                if messages > limits.MESSAGES:
                    raise _too_many()
                _check_part(depth, inner, position - start)
                open_parts.append((start, position, inner, depth + 1))


def _too_many() -> Refusal:
    return too_large(f"The body holds more than {limits.MESSAGES} messages. Send smaller batches.")


def _check_part(depth: int, shape: Shape, size: int) -> None:
    if depth > limits.DEPTH:
        raise invalid(f"The body nests deeper than {limits.DEPTH} levels.")
    if shape is _BUCKETS and size > limits.BUCKET_BYTES:
        raise too_large(f"A histogram has more than {limits.BUCKET_BYTES} bytes of buckets. Lower its scale.")


def _skip(body: bytes, position: int, wire_type: int) -> tuple[int, int]:
    """Where the field's content starts and where the field ends."""
    if wire_type == 2:
        size, position = _varint(body, position)
        return position, position + size
    if wire_type == 0:
        return position, _varint(body, position)[1]
    if wire_type == 1:
        return position, position + 8
    if wire_type == 5:
        return position, position + 4
    raise invalid(f"The body is not OTLP/protobuf: it has a field of wire type {wire_type}.")


def _varint(body: bytes, position: int) -> tuple[int, int]:
    byte = body[position]
    if byte < 0x80:
        return byte, position + 1
    number = byte & 0x7F
    for shift in range(7, 70, 7):
        position += 1
        byte = body[position]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position + 1
    raise invalid("The body is not OTLP/protobuf: a number has more than 10 bytes.")
