"""Recordings of real clients with some of their bytes or values changed, each known by its seed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, Final

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from tests.chaos.asker import PROTOBUF, Request
from tests.chaos.inputs import ODD, START
from tests.ingest import recordings
from tests.ingest.exports import NOW, Json

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


def with_other_bytes(seed: int) -> Request:
    """Bytes of a recording changed, put in, taken out or repeated, or without its end."""
    chance = random.Random(seed)
    place = chance.randrange(len(recorded()))
    if chance.random() < 0.5:
        request = Request(json.dumps(recorded()[place]).encode())
    else:
        request = Request(_as_protobuf(place), PROTOBUF)
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


def with_other_values(seed: int) -> Request:
    """Some values of a recording replaced, taken out, repeated or put under another name."""
    chance = random.Random(seed)
    export = json.loads(json.dumps(chance.choice(recorded())))
    places = list(_places(export))
    for holder, key in chance.choices(places, k=chance.choice((1, 2, 5, 20))):
        _replace(holder, key, chance)
    return Request(json.dumps(export).encode())


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each value of a tree as what holds it, and where."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _replace(holder: Any, key: Any, chance: random.Random) -> None:
    if isinstance(holder, dict) and key in holder:
        match chance.randrange(4):
            case 0:
                del holder[key]
            case 1:
                holder[chance.choice(sorted(holder))] = holder[key]
            case _:
                holder[key] = chance.choice(_VALUES)
    elif isinstance(holder, list) and key < len(holder):
        holder[key:key] = [holder[key]] if chance.random() < 0.5 else [chance.choice(_VALUES)]
