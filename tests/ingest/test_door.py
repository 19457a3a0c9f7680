from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import MutableMapping
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse

from advisor.fleet.models import Token
from advisor.ingest import limits
from advisor.ingest.answers import Receipt, unavailable
from advisor.ingest.batch import Batch
from advisor.ingest.credentials import Credentials
from advisor.ingest.door import Door
from advisor.ingest.writer import Writer
from tests.ingest.client import call, pages
from tests.ingest.exports import NOW, PROCESS, body, gauge, number, protobuf, resource

ELU = "nodejs.eventloop.utilization"
GOOD = resource(PROCESS, gauge(ELU, number(0.5)))
PROTOBUF = "application/x-protobuf"


class Store(Writer):
    """Takes every batch and remembers it."""

    def __init__(self) -> None:
        super().__init__(lambda batches: [], capacity=0)
        self.batches: list[Batch] = []
        self.error: Exception | None = None

    async def submit(self, batch: Batch) -> Receipt:
        if self.error:
            raise self.error
        self.batches.append(batch)
        return Receipt(batch.pivoted.rejected, points=batch.pivoted.points)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def door(store: Store) -> Door:
    tokens = {"good": Token(pk=1, kind=Token.Kind.HOST), "other": Token(pk=2, kind=Token.Kind.API)}
    return Door(pages, store, Credentials(tokens.get, is_formed=bool), lambda: NOW)


async def test_an_export_is_taken(door: Door, store: Store) -> None:
    answer = await call(door, body(GOOD))
    assert (answer.status, answer.body) == (200, b"{}")
    assert answer.headers[b"content-type"] == b"application/json"
    assert [batch.points for batch in store.batches] == [1]
    assert store.batches[0].received == NOW


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", PROTOBUF])
async def test_both_encodings_packed_or_not(door: Door, store: Store, content_type: str, packed: bool) -> None:
    data = protobuf(GOOD) if content_type == PROTOBUF else body(GOOD)
    encoding = {"content_encoding": "gzip"} if packed else {}
    answer = await call(door, gzip.compress(data) if packed else data, content_type=content_type, **encoding)
    assert (answer.status, answer.headers[b"content-type"].decode()) == (200, content_type.partition(";")[0])
    (report,) = store.batches[0].pivoted.reports
    report.unpack()
    assert [one.process.values for one in report.readings.values()] == [{"loop_utilization": 0.5}]


async def test_other_paths_and_other_protocols_are_handed_on(door: Door) -> None:
    assert (await call(door, path="/", method="GET")).status == 299
    assert (await call(door, path="/v1x")).status == 299


@pytest.mark.parametrize(
    ("path", "word"),
    [("/v1/traces", "OTEL_TRACES_EXPORTER=none"), ("/v1/else", "/v1/metrics"), ("/v1/else", "/v1/logs")],
)
async def test_other_signals_are_told_what_to_set(door: Door, path: str, word: str) -> None:
    answer = await call(door, path=path, token=None)
    assert answer.status == 404
    assert answer.json["code"] == 5
    assert word in answer.json["message"]


@pytest.mark.parametrize("path", ["/v1/metrics", "/v1/logs"])
@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "OPTIONS"])
async def test_other_methods_are_not_answered(door: Door, method: str, path: str) -> None:
    answer = await call(door, path=path, method=method)
    assert answer.status == 405
    assert answer.headers[b"allow"] == b"POST"


@pytest.mark.parametrize("path", ["/v1/metrics", "/v1/logs"])
async def test_the_token_is_checked_before_the_body_is_read(door: Door, path: str) -> None:
    for token in (None, "wrong"):
        answer = await call(door, bytes(1000), path=path, token=token)
        assert (answer.status, answer.taken) == (401, 0)
        assert answer.headers[b"connection"] == b"close"
        assert answer.json["code"] == 16


async def test_what_was_wrong_with_a_header_is_said_unread(door: Door) -> None:
    assert (await call(door, content_encoding="br")).status == 415
    assert (await call(door, content_type="text/plain")).status == 415
    too_long = await call(door, content_length=str(limits.WIRE_BYTES + 1))
    assert (too_long.status, too_long.taken) == (413, 0)


async def test_errors_speak_the_requests_language(door: Door) -> None:
    answer = await call(door, b"{}", content_type=PROTOBUF, token="wrong")
    assert answer.headers[b"content-type"] == PROTOBUF.encode()
    assert answer.body[:2] == b"\x08\x10"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"[" * 100_000, 400),
        (b'{"resourceMetrics":[{"resource":{"attributes":{}}}]}', 400),
        (b'{"resourceMetrics":[' + b",".join([b"{}"] * 30_000) + b"]}", 413),
        (bytes(limits.WIRE_BYTES + 1), 413),
    ],
)
async def test_bad_json_bodies(door: Door, data: bytes, status: int) -> None:
    assert (await call(door, data)).status == status


@pytest.mark.parametrize(
    ("data", "status"), [(b"\x0a\x05", 400), (b"\x0a\x00" * 100_000, 413), (b'{"a":1}', 400), (b"", 200)]
)
async def test_bad_protobuf_bodies(door: Door, data: bytes, status: int) -> None:
    assert (await call(door, data, content_type=PROTOBUF)).status == status


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (gzip.compress(bytes(20_000_000)), 413),
        (gzip.compress(gzip.compress(b"{}")), 400),
        (gzip.compress(b"{}") * 9, 413),
        (gzip.compress(b"{}")[:-4], 400),
        (gzip.compress(b"{}") + b"trailing", 400),
        (b"{}", 400),
    ],
)
async def test_bad_gzip_bodies(door: Door, data: bytes, status: int) -> None:
    assert (await call(door, data, content_encoding="gzip")).status == status


async def test_an_endless_body_is_left_at_the_limit(door: Door) -> None:
    answer = await call(door, [bytes(64_000)] * 1000)
    assert answer.status == 413
    assert answer.taken < limits.WIRE_BYTES + 64_001


async def test_too_many_points_are_refused(door: Door, store: Store) -> None:
    point = b'{"asDouble":1}'
    many = b",".join([point] * (limits.POINTS + 1))
    data = b'{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[' + many + b"]}}]}]}]}"
    assert (await call(door, data)).status == 413
    assert store.batches == []


async def test_points_left_out_are_counted_by_reason(door: Door) -> None:
    bad = gauge(ELU, number("NaN"), number(-1.0), number(0.5, at=NOW + 9999), number(0.5))
    answer = await call(door, body(resource(PROCESS, bad)))
    assert answer.status == 200
    assert answer.json["partialSuccess"]["rejectedDataPoints"] == "3"
    assert answer.partial.count(";") == 2
    binary = await call(door, protobuf(resource(PROCESS, gauge(ELU, number(-1.0)))), content_type=PROTOBUF)
    assert ExportMetricsServiceResponse.FromString(binary.body).partial_success.rejected_data_points == 1


async def test_a_token_over_its_rate_waits_and_others_do_not(door: Door) -> None:
    statuses = [(await call(door, b"{}")).status for _ in range(450)]
    assert statuses.count(200) >= 400
    answer = await call(door, b"{}")
    while answer.status == 200:  # a slow machine refills the bucket meanwhile
        answer = await call(door, b"{}")
    assert (answer.status, answer.taken) == (429, 0)
    assert int(answer.headers[b"retry-after"]) >= 1
    assert (await call(door, b"{}", token="other")).status == 200


async def test_a_token_with_too_many_points_waits_and_nothing_of_it_is_stored(store: Store) -> None:
    tokens = {"good": Token(pk=1, kind=Token.Kind.HOST), "other": Token(pk=2, kind=Token.Kind.API)}
    door = Door(pages, store, Credentials(tokens.get, is_formed=bool), lambda: NOW, points_per_second=0.01)
    many = body(resource(PROCESS, gauge(ELU, *[number(0.5, at=NOW - i) for i in range(20)])))
    assert (await call(door, many)).status == 200
    answer = await call(door, many)
    assert (answer.status, len(store.batches)) == (429, 1)
    assert int(answer.headers[b"retry-after"]) > 1000
    assert "data points a second" in answer.json["message"]
    assert (await call(door, many, token="other")).status == 200


async def test_an_unexpected_failure_is_a_503(door: Door, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    store.error = ZeroDivisionError()
    answer = await call(door, body(GOOD))
    assert (answer.status, int(answer.headers[b"retry-after"]) >= 1) == (503, True)
    assert "ZeroDivisionError" in caplog.text
    store.error = unavailable("The database is away.", 3)
    assert (await call(door, body(GOOD))).headers[b"retry-after"] == b"3"


async def test_a_sender_that_leaves_is_not_answered(door: Door) -> None:
    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.disconnect"}

    async def send(event: MutableMapping[str, Any]) -> None:
        raise AssertionError(event)

    headers = [(b"content-type", b"application/json"), (b"authorization", b"Bearer good")]
    scope = {"type": "http", "method": "POST", "path": "/v1/metrics", "headers": headers}
    await door(scope, receive, send)


async def test_the_clock_offset_of_a_sender_is_measured(door: Door, store: Store) -> None:
    late = resource(PROCESS, gauge(ELU, number(0.5, at=NOW - 3600)))
    ahead = resource(PROCESS, gauge(ELU, number(0.5, at=NOW + 3600)))
    assert (await call(door, body(ahead), advisor_sent_at=str(NOW + 3600.2))).status == 200
    assert store.batches[0].pivoted.rejected == {}
    assert store.batches[0].pivoted.reports[0].clock_offset == pytest.approx(-3600.2)
    elsewhere = resource({**PROCESS, "host.id": "machine-2"}, gauge(ELU, number(0.5, at=NOW - 3600)))
    assert (await call(door, body(late, elsewhere))).status == 200
    assert [report.clock_offset for report in store.batches[1].pivoted.reports] == [pytest.approx(-3600.2), 0.0]


async def test_large_bodies_leave_the_loop_free(door: Door, store: Store, readers: set[str]) -> None:
    large = body(resource(PROCESS, gauge(ELU, *[number(0.5, at=NOW - i) for i in range(2000)])))
    assert {answer.status for answer in await asyncio.gather(*[call(door, large) for _ in range(12)])} == {200}
    assert len(store.batches) == 12
    assert threading.main_thread().name not in readers
