"""What the agents say they send (`agents/contract/`) is what ingest takes, to the last point and event."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from advisor.fleet import tokens
from advisor.fleet.models import Token
from advisor.store.models import Event, HostSample, PartSample, ProcessSample
from advisor.vocabulary import COLUMNS, Facet
from advisor.vocabulary.events import EVENTS
from tests.ingest.client import call
from tests.ingest.doors import doors

FOLDER = Path(__file__).parents[1] / "agents" / "contract"
SENDERS = ("host", "node", "process")
TELLERS = ("node", "process")
"""Who sends events."""

KINDS = {"gauge": "gauge", "histogram": "histogram", "exponentialHistogram": "histogram"}
"""How an instrument looks on the wire; a sum is a counter or an up-down counter."""

OF_THE_UNIT = (Facet.VALUE, Facet.SUM, Facet.MAX)
"""The figures of a point that are in the metric's own unit; the others count points."""

Json = dict[str, Any]


def read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())


def metrics(export: Json) -> Iterator[tuple[str, str, str, Json]]:
    """(name, unit, kind, data) of every metric."""
    for resource in export["resourceMetrics"]:
        for scope in resource["scopeMetrics"]:
            for metric in scope["metrics"]:
                (form,) = {*KINDS, "sum"} & metric.keys()
                data = metric[form]
                kind = KINDS.get(form) or ("counter" if data["isMonotonic"] else "updowncounter")
                yield metric["name"], metric["unit"], kind, data


def records(export: Json) -> list[Json]:
    return [
        record
        for resource in export["resourceLogs"]
        for scope in resource["scopeLogs"]
        for record in scope["logRecords"]
    ]


def keys(items: list[Json]) -> set[str]:
    """The names of all attributes of points or records."""
    return {pair["key"] for item in items for pair in item.get("attributes", ())}


def latest(items: list[Json]) -> float:
    return max(int(item["timeUnixNano"]) for item in items) / 1e9


def parts(export: Json) -> set[str]:
    """The kinds of parts that an export speaks of."""
    sent = {name for name, _, _, _ in metrics(export)}
    return {column.part for column in COLUMNS if column.part and column.metric in sent}


def test_every_file_is_looked_at() -> None:
    examples = {f"{name}.example.json" for name in SENDERS} | {f"{name}.events.example.json" for name in TELLERS}
    tables = {"metrics.json", "events.json", "secret_forms.json"}
    assert {path.name for path in FOLDER.glob("*.json")} == examples | tables


def test_the_metrics_that_agents_send_are_those_that_are_stored() -> None:
    listed = {metric["name"]: (metric["unit"], metric["kind"]) for metric in read("metrics.json")}
    known = {column.metric: (column.unit, column.kind.value) for column in COLUMNS if column.facet in OF_THE_UNIT}
    assert len(listed) == len(read("metrics.json"))
    assert listed == known


def test_what_tells_the_points_of_a_metric_apart_is_sent() -> None:
    listed = {metric["name"]: set(metric["attributes"]) for metric in read("metrics.json")}
    needed = {column.metric: {*column.where, *column.named_by} for column in COLUMNS}
    assert {name: missing for name, some in needed.items() if (missing := some - listed[name])} == {}


def test_the_events_that_agents_send_are_those_that_are_stored() -> None:
    listed = [(event["name"], tuple(event["attributes"])) for event in read("events.json")]
    assert listed == [(event.name, event.attributes) for event in EVENTS.values()]


@pytest.mark.parametrize("sender", SENDERS)
def test_an_example_holds_all_that_its_sender_sends(sender: str) -> None:
    listed = {m["name"]: (m["unit"], m["kind"]) for m in read("metrics.json") if sender in m["senders"]}
    assert {name: (unit, kind) for name, unit, kind, _ in metrics(read(f"{sender}.example.json"))} == listed


@pytest.mark.parametrize("sender", SENDERS)
def test_an_example_says_no_attribute_that_is_not_listed(sender: str) -> None:
    listed = {metric["name"]: set(metric["attributes"]) for metric in read("metrics.json")}
    sent = [(name, keys(data["dataPoints"])) for name, _, _, data in metrics(read(f"{sender}.example.json"))]
    assert [(name, extra) for name, some in sent if (extra := some - listed[name])] == []


@pytest.mark.parametrize("sender", SENDERS)
def test_counters_travel_as_deltas(sender: str) -> None:
    for metric, _, kind, data in metrics(read(f"{sender}.example.json")):
        if kind != "gauge":
            assert data["aggregationTemporality"] == (2 if kind == "updowncounter" else 1), metric


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sender", SENDERS)
async def test_every_point_is_taken(sender: str) -> None:
    export = read(f"{sender}.example.json")
    now = latest([point for _, _, _, data in metrics(export) for point in data["dataPoints"]]) + 0.5
    _, secret = await sync_to_async(tokens.make)(Token.Kind.HOST)
    async with doors() as make_door:
        answer = await call(make_door(lambda: now), json.dumps(export).encode(), token=secret)
        assert (answer.status, answer.body) == (200, b"{}")
        model = HostSample if sender == "host" else ProcessSample
        assert await model.objects.acount() == len(export["resourceMetrics"])
        assert {kind async for kind in PartSample.objects.values_list("kind", flat=True)} == parts(export)


@pytest.mark.parametrize("teller", TELLERS)
def test_events_say_what_they_may(teller: str) -> None:
    sent = records(read(f"{teller}.events.example.json"))
    assert sent
    assert {record["eventName"] for record in sent} <= EVENTS.keys()
    for record in sent:
        assert keys([record]) <= set(EVENTS[record["eventName"]].attributes), record


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("teller", TELLERS)
async def test_every_event_is_taken(teller: str) -> None:
    export = read(f"{teller}.events.example.json")
    _, secret = await sync_to_async(tokens.make)(Token.Kind.HOST)
    async with doors() as make_door:
        door = make_door(lambda: latest(records(export)) + 0.5)
        answer = await call(door, json.dumps(export).encode(), path="/v1/logs", token=secret)
        assert (answer.status, answer.body) == (200, b"{}")
        assert await Event.objects.acount() == len(records(export))
