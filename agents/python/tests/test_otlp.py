from __future__ import annotations

import gzip
import json

from advisor_agent import VERSION
from advisor_agent.buckets import Buckets
from advisor_agent.deltas import Moment, Point
from advisor_agent.metric import COUNTER, GAUGE, HISTOGRAM, UPDOWNCOUNTER, Metric
from advisor_agent.otlp import Report, encoded, event_record, events_export, export
from advisor_agent.resource import Resource

NOW = Moment(1_800_000_010_000_000_000, 10.0)
START = 1_800_000_000_000_000_000
TIME = Metric("t", "s", COUNTER, "")


def metrics(*points):
    report = Report(Resource({"host.id": "h", "process.pid": 7}), list(points))
    (resource,) = json.loads(export([report], NOW))["resourceMetrics"]
    assert resource["resource"]["attributes"] == [
        {"key": "host.id", "value": {"stringValue": "h"}},
        {"key": "process.pid", "value": {"intValue": "7"}},
    ]
    return resource["scopeMetrics"][0]["metrics"]


def test_a_counter_is_a_monotonic_delta_sum_with_its_points_together():
    (metric,) = metrics(Point(TIME, 1.5, (("m", "a"),), START), Point(TIME, 2, (("m", "b"),), START))
    times = {"timeUnixNano": "1800000010000000000", "startTimeUnixNano": "1800000000000000000"}
    assert metric == {
        "name": "t",
        "unit": "s",
        "sum": {
            "aggregationTemporality": 1,
            "isMonotonic": True,
            "dataPoints": [
                {**times, "asDouble": 1.5, "attributes": [{"key": "m", "value": {"stringValue": "a"}}]},
                {**times, "asInt": "2", "attributes": [{"key": "m", "value": {"stringValue": "b"}}]},
            ],
        },
    }


def test_levels_have_no_start():
    level, gauge = metrics(
        Point(Metric("l", "By", UPDOWNCOUNTER, ""), 5, (), 0), Point(Metric("g", "1", GAUGE, ""), 0.5, (), 0)
    )
    points = [{"timeUnixNano": "1800000010000000000", "asInt": "5"}]
    assert level["sum"] == {"aggregationTemporality": 2, "isMonotonic": False, "dataPoints": points}
    assert gauge["gauge"] == {"dataPoints": [{"timeUnixNano": "1800000010000000000", "asDouble": 0.5}]}


def test_a_histogram_is_a_delta_with_explicit_bounds():
    duration = Metric("d", "s", HISTOGRAM, "")
    (metric,) = metrics(Point(duration, Buckets((0.1, 1.0), (3, 0, 1), 4, 2.5), (("r", "/a"),), START))
    (point,) = metric["histogram"]["dataPoints"]
    assert metric["histogram"]["aggregationTemporality"] == 1
    assert point == {
        "timeUnixNano": "1800000010000000000",
        "startTimeUnixNano": "1800000000000000000",
        "count": 4,
        "sum": 2.5,
        "bucketCounts": [3, 0, 1],
        "explicitBounds": [0.1, 1.0],
        "attributes": [{"key": "r", "value": {"stringValue": "/a"}}],
    }


def test_what_is_no_finite_number_is_left_out():
    gauge = Metric("g", "1", GAUGE, "")
    assert metrics(Point(gauge, float("nan"), (), 0), Point(gauge, float("inf"), (), 0)) == []


def test_the_body_is_gzipped_json():
    request = export([], NOW)
    assert gzip.decompress(encoded(request)).decode() == request == '{"resourceMetrics":[]}'


def test_any_text_is_sent_as_it_is():
    text = 'quote " backslash \\ line\n \u2028 lone \ud800 é 😀'
    report = Report(Resource({"service.name": text}), [Point(TIME, 1, (("m", text),), START)])
    (resource,) = json.loads(export([report], NOW))["resourceMetrics"]
    (metric,) = resource["scopeMetrics"][0]["metrics"]
    told = [*resource["resource"]["attributes"], *metric["sum"]["dataPoints"][0]["attributes"]]
    assert [pair["value"]["stringValue"] for pair in told] == [text, text]


def test_numbers_are_sent_to_their_last_digit():
    gauge = Metric("g", "1", GAUGE, "")
    values = [2**63 - 1, -1, 0.1 + 0.2, 1e-09, 1e300, 5.0]
    (metric,) = metrics(*(Point(gauge, value, (), 0) for value in values))
    points = metric["gauge"]["dataPoints"]
    assert [int(point["asInt"]) if "asInt" in point else point["asDouble"] for point in points] == values


def test_the_scope_is_the_agent():
    (resource,) = json.loads(export([Report(Resource({}), [])], NOW))["resourceMetrics"]
    assert resource["scopeMetrics"] == [{"scope": {"name": "advisor-agent", "version": VERSION}, "metrics": []}]


def test_an_event_is_a_log_record_with_a_name():
    record = event_record(Resource({"host.id": "h"}), "advisor.process.exited", 5, {"process.exit.code": 3})
    (found,) = json.loads(events_export([record]))["resourceLogs"]
    assert found["resource"]["attributes"] == [{"key": "host.id", "value": {"stringValue": "h"}}]
    assert found["scopeLogs"][0]["logRecords"] == [
        {
            "timeUnixNano": "5",
            "eventName": "advisor.process.exited",
            "attributes": [{"key": "process.exit.code", "value": {"intValue": "3"}}],
        }
    ]
