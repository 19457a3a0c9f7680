from __future__ import annotations

import msgspec
import pytest
from msgspec import Raw

from advisor.ingest.meaning import KNOWN, Meaning, Meanings
from advisor.vocabulary import COLUMNS, Column, Entity, PartKind
from tests.ingest.exports import attributes

REQUEST = "http.server.request.duration"


def meaning(metric: str, **attrs: object) -> Meaning | None:
    pairs = {key.replace("__", "."): value for key, value in attrs.items()}
    return Meanings().find(metric, Raw(msgspec.json.encode(attributes(pairs))))


def columns(found: Meaning | None) -> set[tuple[str, object]]:
    assert found is not None
    return {(target.column, target.place) for target in found.targets}


@pytest.mark.parametrize("column", COLUMNS, ids=lambda c: f"{c.entity}.{c.name}.{c.metric}")
def test_every_column_is_reached_by_its_own_metric_and_attributes(column: Column) -> None:
    attrs = {key: values[0] for key, values in column.where.items()}
    attrs.update(dict.fromkeys(column.named_by, "x"))
    found = Meanings().find(column.metric, Raw(msgspec.json.encode(attributes(attrs))))
    name = " ".join("x" for _ in column.named_by)
    assert (column.name, (column.part, name) if column.part else None) in columns(found)


def test_a_request_counts_for_the_process_and_for_its_route() -> None:
    found = meaning(REQUEST, http__request__method="GET", http__route="/a", http__response__status_code=200)
    route = (PartKind.ROUTE, "GET /a")
    assert columns(found) == {
        ("requests", None), ("request_time", None), ("request_errors", None),
        ("count", route), ("duration", route), ("errors", route),
    }  # fmt: skip
    assert found is not None
    assert found.whole == (None, route)
    assert not found.failed


@pytest.mark.parametrize(
    ("attrs", "failed"),
    [
        ({"http__response__status_code": 500}, True),
        ({"http__response__status_code": 404}, False),
        ({"http__status_code": 503}, True),
        ({"error__type": "aborted"}, True),
        ({"http__response__status_code": "none"}, False),
        ({}, False),
    ],
)
def test_which_requests_failed(attrs: dict[str, object], failed: bool) -> None:
    found = meaning(REQUEST, http__request__method="GET", **attrs)
    assert found is not None
    assert found.failed is failed


def test_an_old_name_brings_its_factor() -> None:
    found = meaning("http.server.duration", http__method="GET")
    assert found is not None
    assert found.factor == 0.001
    assert ("requests", None) in columns(found)


def test_an_interface_may_be_named_by_its_old_key() -> None:
    found = meaning("system.network.io", device="eth0", direction="receive")
    assert ("received", (PartKind.INTERFACE, "eth0")) in columns(found)
    assert ("network_received", None) in columns(found)


def test_a_mode_that_no_column_keeps_leads_nowhere() -> None:
    assert meaning("process.cpu.time", cpu__mode="waiting") is None
    assert meaning("shop.orders") is None
    assert "shop.orders" not in KNOWN
    assert "http.server.duration" in KNOWN


def test_a_host_metric_is_no_process_metric() -> None:
    host, process = meaning("system.memory.limit"), meaning("process.memory.usage")
    assert host is not None
    assert process is not None
    assert (host.of_process, process.of_process) == (False, True)
    assert host.targets[0].entity is Entity.HOST


def test_the_memory_of_meanings_is_bounded() -> None:
    meanings = Meanings()
    for index in range(20_100):
        meanings.find("shop.orders", Raw(str(index).encode().join((b'[{"key":"', b'"}]'))))
    assert meanings.known.held <= 20_000
    long = Raw(msgspec.json.encode(attributes({"k": "x" * 2000})))
    assert meanings.find("process.memory.usage", long) is not None
    assert meanings.known.find(("process.memory.usage", bytes(long))) is None
