"""Requests with some of their bytes or values changed: in a millisecond, where inventing one takes twenty."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, Final

from google.protobuf import json_format
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from tests.chaos.asker import JSON, PROTOBUF, Request
from tests.chaos.inputs import ODD, START
from tests.ingest import recordings
from tests.ingest.exports import NOW, Json

_MESSAGES: Final[dict[str, Any]] = {"/v1/metrics": ExportMetricsServiceRequest, "/v1/logs": ExportLogsServiceRequest}
_UNREADABLE: Final = (
    *(ValueError, TypeError, AttributeError, OverflowError, RecursionError, json_format.Error, DecodeError),
    SystemError,  # of protobuf's own code where a key is a lone surrogate
)
_PIECES: Final = (
    *(b"\0", b"\xff" * 9 + b"\x01", b"\xed\xa0\x80", b"\\ud800", b"\x0a\x00"),
    *(b'"', b"{", b"]", b"-1", b"1e999", b"null"),
)
_VALUES: Final[tuple[Any, ...]] = (
    *(None, True, -1, 0, 1.5, 2**63, 2**64, 10**400, "", "x", "NaN", "-1", "9" * 40),
    *([], {}, [[]], [None], {"stringValue": "x"}, "x" * 5_000, *ODD),
)


@cache
def recorded() -> list[Json]:
    """What real clients sent, as if it were of now."""
    by = round((START - NOW) * 1e9)
    return [_moved(recordings.read(path), by) for family in recordings.FAMILIES for path in recordings.files(family)]


def _moved(value: Any, by: int, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _moved(one, by, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_moved(one, by) for one in value]
    return str(int(value) + by) if key.endswith("imeUnixNano") else value


@cache
def _as_protobuf(place: int) -> bytes:
    return json_format.ParseDict(recorded()[place], ExportMetricsServiceRequest()).SerializeToString()


def recording(chance: random.Random) -> Request:
    """One of them, as JSON or protobuf."""
    place = chance.randrange(len(recorded()))
    if chance.random() < 0.5:
        return Request(json.dumps(recorded()[place]).encode())
    return Request(_as_protobuf(place), PROTOBUF)


def mutated(request: Request, other: Request, chance: random.Random) -> Request:
    """A request with other bytes, other values or a piece of another request, or as if it were something else."""
    match chance.randrange(14):
        case 0:
            return replace(request, content_type=PROTOBUF if request.content_type == JSON else JSON)
        case 1:
            return replace(request, path="/v1/logs" if request.path == "/v1/metrics" else "/v1/metrics")
        case 2:
            return _spliced(request, other, chance)
        case 3 | 4 | 5:
            return _with_other_bytes(request, chance)
        case _:
            return _with_other_values(request, other, chance) or _with_other_bytes(request, chance)


def _spliced(request: Request, other: Request, chance: random.Random) -> Request:
    """The beginning of one and the end of another."""
    end, begin = chance.randrange(len(request.body) + 1), chance.randrange(len(other.body) + 1)
    return replace(request, body=request.body[:end] + other.body[begin:])


def _with_other_bytes(request: Request, chance: random.Random) -> Request:
    """Bytes changed, put in, taken out or repeated, or without its end."""
    body = bytearray(request.body)
    for _ in range(chance.choice((1, 1, 1, 2, 8))):
        _change(body, chance)
    return replace(request, body=bytes(body))


def _change(body: bytearray, chance: random.Random) -> None:
    at, size = chance.randrange(len(body) + 1), chance.choice((1, 1, 2, 8, 200))
    match chance.randrange(8):
        case 0:
            body[at : at + size] = b""
        case 1:
            body[at:at] = body[at : at + size] * chance.choice((1, 2, 50))
        case 2:
            body[at:at] = chance.choice(_PIECES)
        case 3:
            del body[at:]
        case _:
            body[at : at + 1] = bytes([chance.randrange(256)])  # lengths stay true: most of it is still read


def _with_other_values(request: Request, other: Request, chance: random.Random) -> Request | None:
    """Some values replaced, taken out, repeated, taken from another request or put under another name.

    None where the request cannot be read, or what comes out cannot be written as it has to be.
    """
    try:
        export, pool = _tree(request), [holder[key] for holder, key in _places(_tree(other))]
        places = list(_places(export))
        for holder, key in chance.choices(places, k=chance.choice((1, 1, 2, 5, 20))) if places else ():
            _replace(holder, key, pool, chance)
        return replace(request, body=_encoded(export, request))
    except _UNREADABLE:
        return None


def _tree(request: Request) -> Any:
    if request.content_type == JSON:
        return json.loads(request.body)
    return json_format.MessageToDict(_MESSAGES[request.path].FromString(request.body))


def _encoded(export: Any, request: Request) -> bytes:
    if request.content_type == JSON:
        return json.dumps(export).encode()
    message = json_format.ParseDict(export, _MESSAGES[request.path](), ignore_unknown_fields=True)
    return bytes(message.SerializeToString())


def _another(value: Any, pool: list[Any], chance: random.Random) -> Any:
    """Mostly of the same type, so that the rest is read: what another request has, or a number near a power of two."""
    number = 2 ** chance.randrange(70) + chance.choice((-1, 0, 1))
    given = [*pool, *_VALUES, number, -number, str(number), float(number)]
    alike = [one for one in given if type(one) is type(value)]
    return chance.choice(alike if alike and chance.random() < 0.8 else given)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each value of a tree as what holds it, and where."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _replace(holder: Any, key: Any, pool: list[Any], chance: random.Random) -> None:
    if isinstance(holder, dict) and key in holder:
        match chance.randrange(4):
            case 0:
                del holder[key]
            case 1:
                holder[chance.choice(sorted(holder))] = holder[key]
            case _:
                holder[key] = _another(holder[key], pool, chance)
    elif isinstance(holder, list) and key < len(holder):
        value = _another(holder[key], pool, chance)
        holder[key:key] = [holder[key]] if chance.random() < 0.5 else [value]
