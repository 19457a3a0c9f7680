from __future__ import annotations

import json
import tracemalloc

import pytest

from advisor.ingest import limits, otlp_json
from advisor.ingest.answers import Refusal
from advisor.ingest.points import Export
from tests.ingest.exports import PROCESS, body, counter, gauge, number, resource


def status_of(data: bytes) -> int:
    with pytest.raises(Refusal) as caught:
        otlp_json.decode(data)
    return caught.value.status


def points(export: Export) -> list[int]:
    return [resource.points for resource in export.resource_metrics or ()]


def test_reads_points_of_every_resource() -> None:
    data = body(resource(PROCESS, gauge("a", number(1), number(2))), resource(PROCESS, counter("b", number(3))))
    assert points(otlp_json.decode(data)) == [2, 1]


def test_ignores_fields_it_does_not_know_and_nulls() -> None:
    data = json.dumps({"future": [1], "resourceMetrics": [{"resource": None, "scopeMetrics": None, "x": {}}]})
    assert points(otlp_json.decode(data.encode())) == [0]
    assert points(otlp_json.decode(b"{}")) == []


@pytest.mark.parametrize(
    "data",
    [b"", b"null", b"[]", b'"text"', b"{", b'{"resourceMetrics":{}}', b'{"resourceMetrics":[{"a":NaN}]}', b"\xff"],
)
def test_what_is_no_otlp_is_refused(data: bytes) -> None:
    assert status_of(data) == 400


def nested(depth: int) -> bytes:
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def test_what_nests_deep_is_not_read() -> None:
    assert otlp_json.decode(nested(limits.DEPTH)).resource_metrics is None
    assert status_of(nested(100_000)) == 400
    assert status_of(b"[" * 100_000) == 400


def test_brackets_inside_strings_are_no_depth_and_no_objects() -> None:
    text = json.dumps({"a": '[{"\\' * 30_000})
    assert otlp_json.decode(text.encode()).resource_metrics is None


def test_the_number_of_objects_is_bounded() -> None:
    many = b",".join([b"{}"] * limits.MESSAGES)
    assert status_of(b'{"resourceMetrics":[' + many + b"]}") == 413


def test_a_text_without_an_end_is_looked_through_once() -> None:
    body = b"{" * (limits.MESSAGES + 1) + b'"' + b'\\"' * (limits.INFLATED_BYTES // 2)
    assert status_of(body) == 413  # hours later, where each of the quotes is tried as the begin of a text
    assert status_of(body + b"\\") == 413


def test_texts_are_not_taken_apart_to_count_objects() -> None:
    body = b'[%s"' % (b'"",' * 500_000) + b"{" * (limits.MESSAGES + 1)
    tracemalloc.start()
    try:
        assert status_of(body) == 400
        assert tracemalloc.get_traced_memory()[1] < len(body)
    finally:
        tracemalloc.stop()


def test_logs_are_read_without_what_nobody_needs() -> None:
    record = {"timeUnixNano": "1", "eventName": "a", "severityNumber": 9, "body": {"stringValue": "b"}, "new": [{}]}
    data = json.dumps({"resourceLogs": [{"scopeLogs": [{"scope": {"name": "x"}, "logRecords": [record, {}]}]}, {}]})
    export = otlp_json.decode_logs(data.encode())
    assert [record.event_name for record in (export.resource_logs or [])[0].records] == ["a", ""]


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"{", b'{"resourceLogs":{}}', b"[" * 100_000])
def test_what_is_no_log_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        otlp_json.decode_logs(data)
    assert caught.value.status == 400
    assert "logs" in caught.value.message or "levels" in caught.value.message
