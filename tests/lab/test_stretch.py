"""A recording that is drawn apart keeps its levels and its rates."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.lab.discovery import LAB
from tests.lab.stretch import NANO, Stretch, newest

CONTRACT = LAB.parents[1] / "agents" / "contract"
FACTOR = 30.0
END = 1_900_000_000.0


@pytest.fixture
def recorded() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CONTRACT / "process.example.json").read_text())
    return found


@pytest.fixture
def told(recorded: dict[str, Any]) -> dict[str, Any]:
    return Stretch(FACTOR, newest(recorded), END, "checkout", "told", "recorded").export(deepcopy(recorded))


def points(export: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The points of a metric of checkout's."""
    for item in export["resourceMetrics"]:
        if any(a["value"].get("stringValue") in ("checkout", "told") for a in item["resource"]["attributes"]):
            for metric in (m for scope in item["scopeMetrics"] for m in scope["metrics"] if m["name"] == name):
                data: list[dict[str, Any]] = next(v for k, v in metric.items() if isinstance(v, dict))["dataPoints"]
                return data
    raise AssertionError(f"{name} is not there")


def test_it_ends_where_it_should_and_spans_are_longer(recorded: dict[str, Any], told: dict[str, Any]) -> None:
    (before, *_), (after, *_) = points(recorded, "process.cpu.time"), points(told, "process.cpu.time")
    assert newest(told) == pytest.approx(END)
    spans = [int(p["timeUnixNano"]) - int(p["startTimeUnixNano"]) for p in (before, after)]
    assert spans[1] == pytest.approx(spans[0] * FACTOR)


def test_rates_and_levels_stay(recorded: dict[str, Any], told: dict[str, Any]) -> None:
    def rate(export: dict[str, Any]) -> float:
        point = points(export, "process.cpu.time")[0]
        return float(point["asDouble"]) / (int(point["timeUnixNano"]) - int(point["startTimeUnixNano"]))

    assert rate(told) == pytest.approx(rate(recorded))
    level = "process.memory.usage"
    assert points(told, level)[0]["asInt"] == points(recorded, level)[0]["asInt"]


def test_distributions_grow_with_their_span(recorded: dict[str, Any], told: dict[str, Any]) -> None:
    name = "http.server.request.duration"
    before, after = points(recorded, name)[0], points(told, name)[0]
    assert after["count"] == before["count"] * FACTOR
    assert after["bucketCounts"] == [count * FACTOR for count in before["bucketCounts"]]
    assert after["sum"] / after["count"] == pytest.approx(before["sum"] / before["count"])


def test_a_process_began_once_and_earlier(recorded: dict[str, Any], told: dict[str, Any]) -> None:
    (resource, *_) = (item["resource"] for item in told["resourceMetrics"])
    began = next(a["value"]["stringValue"] for a in resource["attributes"] if a["key"] == "process.creation.time")
    at = datetime.fromisoformat(began.replace("Z", "+00:00"))
    original = datetime(2026, 9, 21, 14, 30, tzinfo=UTC).timestamp()
    assert at.timestamp() == pytest.approx(END - (newest(recorded) - original) * FACTOR, abs=0.01)


def test_what_comes_live_comes_as_often_as_it_was_recorded(recorded: dict[str, Any], told: dict[str, Any]) -> None:
    recorded["resourceLogs"] = [deepcopy(recorded["resourceMetrics"][0]) | {"scopeMetrics": []}]
    stretch = Stretch(FACTOR, newest(recorded), END, "checkout", "told", "recorded")
    pieces = list(stretch.pieces(deepcopy(recorded), 1.0))
    assert [at for at, _ in pieces] == pytest.approx([END - left for left in reversed(range(30))])
    assert [newest(piece) for _, piece in pieces] == pytest.approx([at for at, _ in pieces])
    assert [bool(piece.get("resourceLogs")) for _, piece in pieces] == [False] * 29 + [True]
    whole, parts = (
        [points(export, "process.cpu.time")[0]["asDouble"] for export in exports]
        for exports in ([told], [piece for _, piece in pieces])
    )
    assert sum(parts) == pytest.approx(whole[0])
    uptime = points(recorded, "process.uptime")[0]
    for _, piece in (pieces[0], pieces[-1]):
        assert points(piece, "process.uptime")[0]["asDouble"] == pytest.approx(uptime["asDouble"] * FACTOR)


def test_a_process_began_once_whichever_piece_tells_it(recorded: dict[str, Any]) -> None:
    stretch = Stretch(FACTOR, newest(recorded), END, "checkout", "told", "recorded")
    told = [piece for _, piece in stretch.pieces(deepcopy(recorded), 1.0)]
    told.append(Stretch(FACTOR, newest(recorded), END, "checkout", "told", "recorded").export(recorded))
    began = {
        a["value"]["stringValue"]
        for export in told
        for item in export["resourceMetrics"]
        for a in item["resource"]["attributes"]
        if a["key"] == "process.creation.time"
    }
    assert len(began) == 1


def test_other_services_are_left_out_and_hosts_are_renamed(told: dict[str, Any]) -> None:
    names = {
        a["value"]["stringValue"]
        for item in told["resourceMetrics"]
        for a in item["resource"]["attributes"]
        if a["key"] in ("service.name", "host.id", "host.name")
    }
    assert names == {"told", "recorded"}


def test_a_moment_is_kept_to_the_microsecond() -> None:
    at = 1_790_000_000.123456
    export = {"resourceMetrics": [{"resource": {"attributes": []}, "timeUnixNano": str(round(at * NANO))}]}
    told = Stretch(1.0, at, at, "x", "y", "z").export(export)
    assert newest(told) == pytest.approx(at, abs=1e-6)
