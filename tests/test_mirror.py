"""Tests mirror the code, and what the agents send is what the vocabulary knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from advisor.vocabulary import COLUMNS

PROJECT = Path(__file__).resolve().parent.parent

ONE_THING_A_FILE = {
    "advisor/rules": "tests/rules",
    "advisor/strategies": "tests/strategies",
    "advisor/alerts/channels": "tests/alerts/channels",
    "agents/python/src/advisor_agent/collectors": "agents/python/tests/collectors",
}
"""Where a newcomer adds one file and its test, and edits no list."""

WHOLE_JOURNEYS = {"browser", "sdk", "recordings", "long"}
"""Folders of tests that follow people or senders through the product, not one module."""

FROM_SDKS_ALONE = {
    "http.client.request.duration": "the probe measures what a service is asked, not yet what it asks others",
}
"""Metrics that only OpenTelemetry SDKs send, with the reason why our agents do not."""


def modules(folder: str) -> set[str]:
    return {path.stem for path in (PROJECT / folder).glob("*.py") if not path.stem.startswith("_")}


def stems_of_tests(folder: str) -> set[str]:
    return {path.stem.removeprefix("test_") for path in (PROJECT / folder).glob("test_*.py")}


@pytest.mark.parametrize(("code", "tests"), ONE_THING_A_FILE.items())
def test_every_file_of_knowledge_has_its_test(code: str, tests: str) -> None:
    assert modules(code) - stems_of_tests(tests) == set()


def test_every_package_has_tests() -> None:
    packages = {path.parent.name for path in (PROJECT / "advisor").glob("*/__init__.py")}
    tested = {path.parent.name for path in (PROJECT / "tests").glob("*/test_*.py")}
    assert packages - tested == set()
    assert tested - packages - WHOLE_JOURNEYS == set(), "a folder of tests that mirrors nothing"


def exported() -> Iterator[str]:
    """Names of all metrics in the contract examples."""
    for path in (PROJECT / "agents" / "contract").glob("*.example.json"):
        export: dict[str, Any] = json.loads(path.read_text())
        for resource in export["resourceMetrics"]:
            for scope in resource["scopeMetrics"]:
                yield from (metric["name"] for metric in scope["metrics"])


def test_every_metric_comes_from_somewhere() -> None:
    known = {column.metric for column in COLUMNS}
    sent = set(exported())
    assert sent - known == set(), "sent by an agent, stored by nobody"
    assert known - sent - FROM_SDKS_ALONE.keys() == set(), "stored, sent by nobody"
    assert FROM_SDKS_ALONE.keys() & sent == set(), "sent by an agent after all"
