"""Requests of which every point is known: it is stored, or the answer says that it was rejected."""

from __future__ import annotations

import json
import math
import random
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Final

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from advisor.vocabulary import Kind
from advisor.vocabulary.metrics import PROCESS
from tests.chaos.asker import JSON, PROTOBUF, Request
from tests.chaos.inputs import START
from tests.ingest.exports import Json, attributes, export, nanos, resource

SERVICE: Final = "account"
INSTANCES: Final = 10
STEP: Final = 0.5
"""Seconds between two requests' moments: no two have the same, and 200,000 reach back 28 hours."""

_SPAN: Final = 10.0
_COLUMNS: Final = [column for column in PROCESS if column.kind is not Kind.HISTOGRAM]
_numbers: Final = count()

_VALUES: Final = (-0.0, 1.0005, 1.1, 2.0**54, 5e-324, math.nan, math.inf, -math.inf)
_MOMENTS: Final = (*(None,) * 8, "0", str(2**64 - 1), nanos(START + 3600), nanos(START - 60 * 3600))


@dataclass(frozen=True)
class Accounted(Request):
    """A request, and how many points it has."""

    points: int = 0


def made(chance: random.Random) -> Accounted:
    """Levels and increases of one process at a moment that no other request has."""
    columns = chance.sample(_COLUMNS, chance.randint(1, 12))
    number = next(_numbers)
    at = START - number * STEP
    said = [
        _metric(
            column.metric,
            column.kind is Kind.COUNTER,
            _point(column.where, _value(chance), chance.choice(_MOMENTS), at),
        )
        for column in columns
    ]
    who = {"service.name": SERVICE, "service.instance.id": f"{SERVICE}-{number % INSTANCES}"}
    body, content_type = _encoded(export(resource(who, *said)), chance.random() < 0.5)
    return Accounted(body, content_type, points=len(columns))


def _value(chance: random.Random) -> float:
    """A share, a count, any bits that make a number, or one that is odd."""
    bits: float = struct.unpack("d", chance.randbytes(8))[0]
    return chance.choice((chance.random(), chance.uniform(0, 1e9), bits, chance.choice(_VALUES)))


def _point(where: Mapping[str, tuple[str, ...]], value: float, moment: str | None, at: float) -> Json:
    attrs = {key: words[0] for key, words in where.items()}
    start = nanos((at if moment is None else START) - _SPAN)
    return {
        "attributes": attributes(attrs),
        "startTimeUnixNano": start,
        "timeUnixNano": moment or nanos(at),
        "asDouble": value,
    }


def _metric(name: str, is_counter: bool, point: Json) -> Json:
    if is_counter:
        return {"name": name, "sum": {"dataPoints": [point], "aggregationTemporality": 1, "isMonotonic": True}}
    return {"name": name, "gauge": {"dataPoints": [point]}}


def _encoded(said: Json, is_protobuf: bool) -> tuple[bytes, str]:
    text = json.dumps(said).replace("-Infinity", '"-Infinity"').replace(" Infinity", ' "Infinity"')
    text = text.replace(" NaN", ' "NaN"')
    if is_protobuf:
        message = json_format.Parse(text, ExportMetricsServiceRequest())
        return message.SerializeToString(), PROTOBUF
    return text.encode(), JSON
