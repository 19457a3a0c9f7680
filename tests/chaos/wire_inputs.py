"""What anybody may send as OTLP/protobuf, and gzip around anything."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1 import logs_pb2
from opentelemetry.proto.metrics.v1 import metrics_pb2 as pb
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from advisor.vocabulary.events import ATTRIBUTES, EVENTS
from tests.chaos import inputs
from tests.chaos.asker import PROTOBUF, Request

_NO_TEXT: Final = b"no text:"
"""Stands for bytes that are no UTF-8 until the message is made: the classes refuse to hold them."""

texts = inputs.hostile.map(lambda text: text.encode("utf-8", "replace").decode()) | st.just(_NO_TEXT.decode())
doubles = st.floats() | st.floats(0, 1)
unsigned = st.integers(0, 2**64 - 1)
times = st.one_of(inputs.near.map(int), inputs.near.map(int), st.just(0), unsigned)
counts = st.lists(st.integers(0, 50) | unsigned, max_size=6)
values = st.one_of(
    st.builds(AnyValue, string_value=texts),
    st.builds(AnyValue, int_value=st.integers(-(2**63), 2**63 - 1)),
    st.builds(AnyValue, double_value=doubles),
    st.builds(AnyValue, bool_value=st.booleans()),
    st.builds(AnyValue, bytes_value=st.binary(max_size=9)),
    st.sampled_from([1, 9, 15, 22]).map(lambda levels: _deep(levels)),
)
pairs = st.lists(st.builds(KeyValue, key=inputs.keys | texts, value=values), max_size=4)
_SHARED: Final = {"attributes": pairs, "start_time_unix_nano": times, "time_unix_nano": times}
_SUMMED: Final = {**_SHARED, "count": st.integers(0, 99) | unsigned, "sum": doubles}
_FLAGS: Final = {"flags": st.sampled_from([0, 0, 1, 2**32 - 1])}
_TOP: Final = {**_FLAGS, "min": doubles, "max": doubles}
numbers = st.builds(pb.NumberDataPoint, **_SHARED, **_FLAGS, as_double=doubles) | st.builds(
    pb.NumberDataPoint, **_SHARED, **_FLAGS, as_int=st.integers(-(2**63), 2**63 - 1)
)
explicit = st.builds(
    pb.HistogramDataPoint, **_SUMMED, **_TOP, bucket_counts=counts, explicit_bounds=st.lists(doubles, max_size=5)
)
buckets = st.builds(
    pb.ExponentialHistogramDataPoint.Buckets,
    offset=st.integers(-20, 20) | st.integers(-(2**31), 2**31 - 1),
    bucket_counts=counts,
)
exponential = st.builds(
    pb.ExponentialHistogramDataPoint,
    **_SUMMED,
    **_TOP,
    scale=st.integers(-12, 22) | st.integers(-(2**31), 2**31 - 1),
    zero_count=unsigned,
    positive=buckets,
    negative=buckets,
)
summaries = st.builds(pb.SummaryDataPoint, **_SUMMED, **_FLAGS)
_temporality = {"aggregation_temporality": st.integers(0, 3)}
metrics = st.one_of(
    st.builds(pb.Metric, name=inputs.names, gauge=st.builds(pb.Gauge, data_points=st.lists(numbers, max_size=3))),
    st.builds(
        pb.Metric,
        name=inputs.names,
        sum=st.builds(pb.Sum, data_points=st.lists(numbers, max_size=3), is_monotonic=st.booleans(), **_temporality),
    ),
    st.builds(
        pb.Metric,
        name=inputs.names,
        histogram=st.builds(pb.Histogram, data_points=st.lists(explicit, max_size=3), **_temporality),
    ),
    st.builds(
        pb.Metric,
        name=inputs.names,
        exponential_histogram=st.builds(
            pb.ExponentialHistogram, data_points=st.lists(exponential, max_size=3), **_temporality
        ),
    ),
    st.builds(pb.Metric, name=texts, summary=st.builds(pb.Summary, data_points=st.lists(summaries, max_size=3))),
)
who = st.sampled_from(["service.name", "service.instance.id", "host.id", "process.pid", "telemetry.sdk.name"])
resources = st.builds(Resource, attributes=st.lists(st.builds(KeyValue, key=who | texts, value=values), max_size=4))
exports = st.builds(
    ExportMetricsServiceRequest,
    resource_metrics=st.lists(
        st.builds(
            pb.ResourceMetrics,
            resource=resources,
            scope_metrics=st.lists(st.builds(pb.ScopeMetrics, metrics=st.lists(metrics, max_size=3)), max_size=2),
        ),
        max_size=2,
    ),
)
records = st.builds(
    logs_pb2.LogRecord,
    event_name=st.sampled_from(sorted(EVENTS)) | texts,
    time_unix_nano=times,
    attributes=st.lists(st.builds(KeyValue, key=st.sampled_from(sorted(ATTRIBUTES)) | texts, value=values), max_size=6),
)
log_exports = st.builds(
    ExportLogsServiceRequest,
    resource_logs=st.lists(
        st.builds(
            logs_pb2.ResourceLogs,
            resource=resources,
            scope_logs=st.lists(st.builds(logs_pb2.ScopeLogs, log_records=st.lists(records, max_size=3)), max_size=2),
        ),
        max_size=2,
    ),
)


def _deep(levels: int) -> AnyValue:
    value = AnyValue(string_value="deep")
    for level in range(levels):
        if level % 2:
            value = AnyValue(array_value=ArrayValue(values=[value]))
        else:
            value = AnyValue(kvlist_value=KeyValueList(values=[KeyValue(key="k", value=value)]))
    return value


def _encoded(message: ExportMetricsServiceRequest | ExportLogsServiceRequest) -> bytes:
    return message.SerializeToString().replace(_NO_TEXT, b"\xed\xa0\x80\xff\xc0\x80\xf5\x80")


def protobuf_requests() -> st.SearchStrategy[Request]:
    """Metrics and logs as protobuf."""
    return st.one_of(
        exports.map(lambda export: Request(_encoded(export), PROTOBUF)),
        exports.map(lambda export: Request(_encoded(export), PROTOBUF)),
        log_exports.map(lambda export: Request(_encoded(export), PROTOBUF, "/v1/logs")),
    )


def _truncated(body: bytes) -> bytes:
    return gzip.compress(body)[:-9]


def _in_two(body: bytes) -> bytes:
    half = len(body) // 2
    return gzip.compress(body[:half]) + gzip.compress(body[half:])


def _with_another_byte(body: bytes) -> bytes:
    """The one in the middle, where the compressed data are."""
    half = len(body) // 2
    return body[:half] + bytes([body[half] ^ 0x55]) + body[half + 1 :]


_LAYERS: Final[tuple[Callable[[bytes], bytes], ...]] = (
    gzip.compress,
    gzip.compress,
    gzip.compress,
    _in_two,
    _truncated,
    lambda body: gzip.compress(gzip.compress(body)),
    lambda body: gzip.compress(body) + b"\0",
    lambda body: _with_another_byte(gzip.compress(body)),
    bytes,
)
_PLAIN: Final = 0.7
"""Share of bodies that travel as they are."""


def layered(request: Request, chance: random.Random) -> Request:
    """The same compressed now and then, as its header says, or not as it says."""
    if chance.random() < _PLAIN:
        return request
    return replace(request, body=chance.choice(_LAYERS)(request.body), headers=(("content-encoding", "gzip"),))
