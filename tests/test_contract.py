"""What the agents say they send (`agents/contract/`) is what ingest takes, to the last point."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from advisor.fleet import tokens
from advisor.fleet.models import Token
from advisor.ingest.meaning import is_known
from advisor.store.models import HostSample, PartSample, ProcessSample
from tests.ingest.client import call
from tests.ingest.doors import doors

EXAMPLES = Path(__file__).parents[1] / "agents" / "contract"
PARTS = {"host": {"cpu", "disk", "interface"}, "node": {"route"}, "process": set[str]()}
NAMES = sorted(PARTS)
KINDS = ("gauge", "sum", "histogram", "exponentialHistogram")

Json = dict[str, Any]


def example(name: str) -> Json:
    read: Json = json.loads((EXAMPLES / f"{name}.example.json").read_text())
    return read


def metrics(export: Json) -> Iterator[tuple[str, str, Json]]:
    """(name, kind, data) of every metric."""
    for resource in export["resourceMetrics"]:
        for scope in resource["scopeMetrics"]:
            for metric in scope["metrics"]:
                (kind,) = (kind for kind in KINDS if kind in metric)
                yield metric["name"], kind, metric[kind]


def latest(export: Json) -> float:
    return max(int(p["timeUnixNano"]) for _, _, data in metrics(export) for p in data["dataPoints"]) / 1e9


def test_every_example_is_looked_at() -> None:
    assert sorted(path.name for path in EXAMPLES.glob("*.json")) == [f"{name}.example.json" for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_every_metric_is_in_the_vocabulary(name: str) -> None:
    assert [metric for metric, _, _ in metrics(example(name)) if not is_known(metric)] == []


@pytest.mark.parametrize("name", NAMES)
def test_counters_travel_as_deltas(name: str) -> None:
    for metric, kind, data in metrics(example(name)):
        if kind == "sum":
            assert data["aggregationTemporality"] == (1 if data["isMonotonic"] else 2), metric
        elif kind != "gauge":
            assert data["aggregationTemporality"] == 1, metric


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", NAMES)
async def test_every_point_is_taken(name: str) -> None:
    export = example(name)
    _, secret = await sync_to_async(tokens.make)(Token.Kind.HOST)
    async with doors() as make_door:
        answer = await call(make_door(lambda: latest(export) + 0.5), json.dumps(export).encode(), token=secret)
        assert (answer.status, answer.body) == (200, b"{}")
        model = HostSample if name == "host" else ProcessSample
        assert await model.objects.acount() == len(export["resourceMetrics"])
        kinds = {kind async for kind in PartSample.objects.values_list("kind", flat=True)}
        assert kinds == PARTS[name]
