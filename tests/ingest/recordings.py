"""The recordings of real clients, and what they say, read without any code of ours."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

FOLDER = Path(__file__).parents[1] / "recordings"

Json = dict[str, Any]
Series = dict[tuple[str, frozenset[tuple[str, str]]], Json]
"""(metric, attributes) -> data point."""

FAMILIES = ("json", "json-gzip", "proto", "hostmetrics-json", "hostmetrics-delta", "hostmetrics-proto")


def files(family: str) -> list[Path]:
    """The requests of one client, in the order they were sent."""
    return sorted(FOLDER.glob(f"{family}-[0-9][0-9]-*"))


def headers(family: str) -> list[dict[str, str]]:
    """What each request said of its body, with underscores for `client.call`."""
    lines = (FOLDER / f"{family}-headers.ndjson").read_text().splitlines()
    kept = ("content-type", "content-encoding")
    sent = [json.loads(line)["headers"] for line in lines]
    return [{name.replace("-", "_"): given[name] for name in kept if name in given} for given in sent]


def read(path: Path) -> Json:
    """The export as JSON, whatever it is on disk."""
    data = path.read_bytes()
    if path.suffix == ".pb":
        return json_format.MessageToDict(ExportMetricsServiceRequest.FromString(data))
    export: Json = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    return export


def series(path: Path) -> Series:
    """Every data point of an export by what names it."""
    return {
        (metric["name"], _attributes(point)): point
        for metric in _metrics(read(path))
        for kind in ("gauge", "sum", "histogram")
        for point in metric.get(kind, {}).get("dataPoints", ())
    }


def _metrics(export: Json) -> Iterator[Json]:
    for resource in export["resourceMetrics"]:
        for scope in resource["scopeMetrics"]:
            yield from scope["metrics"]


def _attributes(point: Json) -> frozenset[tuple[str, str]]:
    pairs = point.get("attributes", ())
    return frozenset((pair["key"], str(next(iter(pair["value"].values())))) for pair in pairs)
