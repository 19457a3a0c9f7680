"""Exports of every kind, made up from a seed: plain ones, odd ones, and ones that are none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any, Final

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from advisor.fleet.claim import AGENT
from advisor.vocabulary import COLUMNS, Column, Kind
from advisor.vocabulary.aliases import METRICS
from tests.ingest.exports import HOST, NOW, PROCESS, Json, attributes, export, nanos

PROTOBUF: Final = "application/x-protobuf"

_OLD: Final = {today: old for old, (today, _) in METRICS.items()}
_VALUES: Final = (0.0, 0.25, 0.5, 1.0, 1.0005, 1.25, 7.0, 4096.0, 2.0**60, -0.5, 0.1, 1e-7, 123456.789, 1e300)
_TIMES: Final = (NOW, NOW, NOW, NOW, NOW, NOW, NOW - 10, NOW + 3600, NOW - 400_000, 0.0)
_SPANS: Final = (10.0, 10.0, 10.0, 5.0, 0.0, -3.0, 500_000.0)
_RESOURCES: Final[tuple[Mapping[str, object], ...]] = (
    PROCESS,
    PROCESS,
    HOST,
    {**PROCESS, "service.name": "käse"},
    {**PROCESS, "telemetry.sdk.name": AGENT},
    {"service.name": "only"},
    {},
)


def made(seed: int) -> Json:
    """An export; the same for the same seed."""
    random = Random(seed)  # repeatable on purpose
    oddness = random.choice((0.0, 0.0, 0.02, 0.2))
    return export(*[_resource(random, oddness) for _ in range(random.randint(1, 3))])


def as_json(said: Json, seed: int) -> bytes:
    """As text; some with blanks and in another order."""
    separators = (",", ":") if seed % 3 else (", ", ": ")
    return json.dumps(said, separators=separators, sort_keys=seed % 5 == 0, ensure_ascii=seed % 7 == 0).encode()


def as_protobuf(said: Json) -> bytes | None:
    """As protobuf; None where that cannot say it."""
    try:
        return json_format.ParseDict(said, ExportMetricsServiceRequest()).SerializeToString()
    except json_format.ParseError:
        return None


def mutated(body: bytes, seed: int) -> bytes:
    """With some bytes changed, left out, doubled or cut off."""
    random, changed = Random(seed), bytearray(body)
    for _ in range(random.randint(1, 3)):
        start = random.randrange(len(changed) + 1)
        end = start + random.choice((0, 1, 1, 2, 20))
        piece = random.choice(
            (b"", b"0", b"-", b'"', b"{", b"]", b"\\", b"\xff", b"\0", b"1e5", bytes(changed[start:end]) * 2)
        )
        changed[start:end] = piece
    return bytes(changed)


def _resource(random: Random, oddness: float) -> Json:
    metrics = [_metric(random, oddness) for _ in range(random.randint(0, 12))]
    scopes: list[Json] = [{"scope": {"name": "test"}, "metrics": metrics[:8]}, {"metrics": metrics[8:]}]
    return {"resource": {"attributes": attributes(random.choice(_RESOURCES))}, "scopeMetrics": scopes}


def _metric(random: Random, oddness: float) -> Json:
    column = random.choice(COLUMNS)
    name = _OLD.get(column.metric, column.metric) if random.random() < 0.2 else column.metric
    kind, odd = column.kind, random.random() < oddness
    if odd:
        kind, name = random.choice((*Kind, None)), random.choice((name, "nobody.keeps.this", ""))
    points = [_point(random, oddness, column, kind) for _ in range(random.choice((1, 1, 1, 2, 4)))]
    return {"name": name, "unit": "1", "description": "", **_data(random, odd, kind, points)}


def _data(random: Random, odd: bool, kind: Kind | None, points: list[Json]) -> Json:
    temporality = random.choice((0, 1, 2)) if odd else 1
    if kind is None:
        return {"summary": {"dataPoints": [{"timeUnixNano": nanos(NOW)} for _ in points]}}
    if kind is Kind.COUNTER:
        sums = {"aggregationTemporality": temporality, "isMonotonic": not odd or random.random() < 0.5}
        return {"sum": {"dataPoints": points, **sums}}
    if kind is Kind.HISTOGRAM:
        shape = "exponentialHistogram" if "scale" in points[0] else "histogram"
        return {shape: {"dataPoints": points, "aggregationTemporality": temporality}}
    if random.random() < 0.1:
        return {"sum": {"dataPoints": points, "aggregationTemporality": 2, "isMonotonic": odd}}
    return {"gauge": {"dataPoints": points}}


def _point(random: Random, oddness: float, column: Column, kind: Kind | None) -> Json:
    odd = random.random() < oddness
    at, span = (random.choice(_TIMES), random.choice(_SPANS)) if odd else (NOW, 10.0)
    point: Json = {"attributes": attributes(_attributes(random, column)), "timeUnixNano": nanos(at)}
    if kind in (Kind.COUNTER, Kind.HISTOGRAM):
        point["startTimeUnixNano"] = nanos(max(0.0, at - span))
    if odd and random.random() < 0.2:
        point["flags"] = 1
    return point | (_distribution(random, odd) if kind is Kind.HISTOGRAM else _number(random, odd))


def _attributes(random: Random, column: Column) -> dict[str, object]:
    chosen: dict[str, object] = {key: random.choice(values) for key, values in column.where.items()}
    chosen |= {key: random.choice(("/", "/käse", "db:5432")) for key in column.named_by if random.random() < 0.9}
    if random.random() < 0.1:
        chosen["http.response.status_code"] = random.choice((200, 503))
    return chosen


def _number(random: Random, odd: bool) -> Json:
    value = random.choice(_VALUES) if odd else random.choice(_VALUES[:4])
    if odd and random.random() < 0.3:
        return random.choice(({}, {"asInt": "7"}, {"asInt": -7}, {"asDouble": "NaN"}))
    return {"asInt": str(int(value))} if random.random() < 0.3 else {"asDouble": value}


def _distribution(random: Random, odd: bool) -> Json:
    counts = [random.choice((0, 0, 1, 5, 300)) for _ in range(random.choice((0, 1, 12, 40, 170 if odd else 40)))]
    told: dict[str, Any] = {"count": str(sum(counts)), "sum": random.choice((0.5, 12.25))}
    if random.random() < 0.7:
        told |= {"min": 0.25, "max": random.choice((0.5, -1.0) if odd else (0.5,))}
    if odd and random.random() < 0.3:
        bounds = [0.1 * (place + 1) for place in range(len(counts) - 1)]
        return {**told, "bucketCounts": [str(count) for count in counts], "explicitBounds": bounds}
    scale, zeros = random.choice((3, 5, -11, 0)) if odd else random.choice((3, 0)), random.choice((0, 0, 4))
    return {
        **told,
        "scale": scale,
        "zeroCount": zeros,
        "positive": {"offset": random.choice((-20, 0, 3)), "bucketCounts": counts},
    }
