"""The exports that are sent: a host and ten processes, 380 points in 11 snapshots, every ten seconds.

Twenty of the points are exponential histograms of 40 buckets. All of an export's figures change from step to step in
their times alone: what a body costs does not depend on its figures, and a template is filled in faster than made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from google.protobuf import json_format
from isal import igzip
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from advisor.vocabulary import Column, Kind
from advisor.vocabulary.metrics import HOST, PROCESS
from tests.ingest.exports import attributes, exponential, exponential_point, export, number, resource

Json = dict[str, Any]

PROCESSES: Final = 10
HOST_POINTS: Final = 30
PROCESS_POINTS: Final = 33
STEP: Final = 10.0
"""Seconds between two exports of one host."""

NAME: Final = "host-7777777"
AT: Final = 1_799_999_990.0
_BEFORE: Final = AT - STEP


def template(with_histograms: bool) -> Json:
    """One export of the host `NAME` at `AT`."""
    machine = {"host.id": NAME, "host.name": NAME}
    resources = [resource({**machine, "telemetry.sdk.name": "advisor-agent"}, *_numbers(HOST, HOST_POINTS))]
    for place in range(PROCESSES):
        who = {
            **machine,
            "service.name": f"{NAME}-service-{place // 5}",
            "service.instance.id": f"{NAME}:{place}",
            "process.pid": 1000 + place,
            "telemetry.sdk.name": "advisor-probe",
        }
        said = _numbers(PROCESS, PROCESS_POINTS) + (_histograms() if with_histograms else [])
        resources.append(resource(who, *said))
    return export(*resources)


def points(said: Json) -> int:
    """How many data points an export holds."""
    metrics = (m for r in said["resourceMetrics"] for s in r["scopeMetrics"] for m in s["metrics"])
    kinds = ("gauge", "sum", "exponentialHistogram")
    return sum(len(metric[kind]["dataPoints"]) for metric in metrics for kind in kinds if kind in metric)


def bodies(form: str, hosts: range, steps: range, end: float, with_histograms: bool = True) -> Iterator[bytes]:
    """Ready bodies, step by step, a host each; the last step lies at `end`.

    Args:
        form: `json` or `protobuf`; both are gzipped.
        hosts: numbers of the hosts, below ten million.
        steps: numbers of the steps.
        end: Unix seconds of the step `steps.stop`.
    """
    fill = FORMS[form](template(with_histograms))
    for step in steps:
        at = end - (steps.stop - step) * STEP
        for host in hosts:
            yield _gzipped(fill(f"host-{host:07d}", at))


def _json_filler(said: Json) -> Callable[[str, float], bytes]:
    text = json.dumps(said, separators=(",", ":")).encode()

    def fill(name: str, at: float) -> bytes:
        moved = text.replace(NAME.encode(), name.encode()).replace(_nanos(AT), _nanos(at))
        return moved.replace(_nanos(_BEFORE), _nanos(at - STEP))

    return fill


def _protobuf_filler(said: Json) -> Callable[[str, float], bytes]:
    message = json_format.ParseDict(said, ExportMetricsServiceRequest()).SerializeToString()

    def fill(name: str, at: float) -> bytes:
        moved = message.replace(NAME.encode(), name.encode()).replace(_fixed(AT), _fixed(at))
        return moved.replace(_fixed(_BEFORE), _fixed(at - STEP))

    return fill


FORMS: Final = {"json": _json_filler, "protobuf": _protobuf_filler}


def _nanos(at: float) -> bytes:
    return b"%d" % (round(at * 1000) * 1_000_000)


def _fixed(at: float) -> bytes:
    return (round(at * 1000) * 1_000_000).to_bytes(8, "little")


def _gzipped(body: bytes) -> bytes:
    return igzip.compress(body, 1)


def _numbers(columns: tuple[Column, ...], count: int) -> list[Json]:
    """One metric a column, the first ones that are numbers."""
    chosen = [column for column in columns if column.kind is not Kind.HISTOGRAM][:count]
    return [_metric(column, place) for place, column in enumerate(chosen)]


def _metric(column: Column, place: int) -> Json:
    attrs = {key: values[0] for key, values in column.where.items()}
    value = 0.5 if column.unit == "1" else 1.25 * (place + 1)
    if column.kind is Kind.COUNTER:
        point = number(value, at=AT, span=STEP, attrs=attrs)
        data = {"dataPoints": [point], "aggregationTemporality": 1, "isMonotonic": True}
        return {"name": column.metric, "sum": data}
    return {"name": column.metric, "gauge": {"dataPoints": [number(value, at=AT, attrs=attrs)]}}


def _histograms() -> list[Json]:
    counts = [(place * 7) % 23 for place in range(40)]
    requests = exponential_point(counts, -20, 12.5, at=AT, span=STEP, scale=3, min=0.001, max=0.9)
    collections = exponential_point(counts, -40, 0.5, at=AT, span=STEP, scale=3, min=0.0001, max=0.05)
    collections["attributes"] = attributes({"v8js.gc.type": "minor"})
    return [
        exponential("http.server.request.duration", requests),
        exponential("v8js.gc.duration", collections),
    ]
