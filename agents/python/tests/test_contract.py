"""What the agent sends is what the server's side is tested with."""

from __future__ import annotations

import json

import pytest
from advisor.vocabulary import COLUMNS, Facet

from advisor_agent import collectors, errands, page
from advisor_agent.collectors import agent_collectors
from advisor_agent.events import EXITED, STARTED
from advisor_agent.metric import COUNTER, GAUGE, HISTOGRAM, SHARE, UPDOWNCOUNTER
from advisor_agent.modules import found_modules
from fakes.contract import FOLDER, examples, text_of
from fakes.sink import attributes, values

HOST = json.loads((FOLDER / "host.example.json").read_text())["resourceMetrics"]
MODULES = (*found_modules(collectors), *found_modules(errands), page)
DECLARED = [metric for module in MODULES for metric in module.METRICS]
PROCESSES = json.loads((FOLDER / "process.example.json").read_text())["resourceMetrics"]


@pytest.mark.parametrize("name", ["host.example.json", "process.example.json", "process.events.example.json"])
def test_the_files_are_what_the_code_sends(name):
    assert (FOLDER / name).read_text() == text_of(examples()[name])


def test_every_declared_metric_is_in_an_example():
    sent = {metric["name"] for resource in HOST + PROCESSES for metric in resource["scopeMetrics"][0]["metrics"]}
    assert sent == {metric.name for metric in DECLARED}


def test_counters_carry_their_span_and_all_points_the_same_time():
    for resource in HOST + PROCESSES:
        metrics = resource["scopeMetrics"][0]["metrics"]
        points = [(m, p) for m in metrics for p in (m.get("sum") or m.get("gauge") or m["histogram"])["dataPoints"]]
        assert len({point["timeUnixNano"] for _, point in points}) == 1
        for metric, point in points:
            if metric.get("sum", {}).get("isMonotonic") or "histogram" in metric:
                assert metric.get("sum", metric.get("histogram"))["aggregationTemporality"] == 1
                span = 30 if metric["name"] in {rare.name for rare in agent_collectors.METRICS} else 10
                assert int(point["timeUnixNano"]) - int(point["startTimeUnixNano"]) == span * 1_000_000_000
            else:
                assert "startTimeUnixNano" not in point


def test_a_cluster_in_the_example():
    single, primary, worker = PROCESSES
    assert attributes(single)["service.name"] == "checkout"
    assert [attributes(p)["advisor.cluster.role"] for p in PROCESSES] == ["single", "primary", "worker"]
    assert attributes(worker)["service.name"] == attributes(primary)["service.name"] == "shop"
    assert values(worker)["advisor.process.listening_port.count"] == [1]
    assert values(worker)["advisor.process.connection.count"] == [1]
    assert values(primary)["advisor.process.connection.count"] == [0]
    assert values(single)["process.cpu.time"] == [9.0, 1.8]


def test_names_units_and_kinds_are_the_vocabularys():
    columns = {column.metric: column for column in COLUMNS if column.facet in (Facet.VALUE, Facet.SUM)}
    on_the_wire = {
        COUNTER: "counter",
        UPDOWNCOUNTER: "updowncounter",
        GAUGE: "gauge",
        HISTOGRAM: "histogram",
        SHARE: "gauge",
    }
    for metric in DECLARED:
        column = columns[metric.name]
        assert (metric.unit, on_the_wire[metric.kind]) == (column.unit, column.kind.value), metric.name


def test_every_host_column_and_every_process_column_seen_from_outside_is_sent():
    sent = {metric.name for metric in DECLARED if metric not in page.METRICS}
    wanted = {column.metric for column in COLUMNS if not column.is_inside}
    assert wanted == sent


def test_events_are_named_and_attributed_as_the_contract_lists_them():
    listed = {event["name"]: event["attributes"] for event in json.loads((FOLDER / "events.json").read_text())}
    sent = json.loads((FOLDER / "process.events.example.json").read_text())["resourceLogs"]
    records = [resource["scopeLogs"][0]["logRecords"][0] for resource in sent]
    assert {record["eventName"] for record in records} == {STARTED, EXITED}
    for record in records:
        assert {pair["key"] for pair in record["attributes"]} <= set(listed[record["eventName"]])


def test_an_event_is_of_the_same_resource_as_the_metrics():
    events = json.loads((FOLDER / "process.events.example.json").read_text())["resourceLogs"]
    of_metrics = [resource["resource"] for resource in PROCESSES]
    assert all(resource["resource"] in of_metrics for resource in events)
