"""Tests mirror the code."""

from __future__ import annotations

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent

ONE_THING_A_FILE = {
    "advisor/rules": "tests/rules",
    "advisor/strategies": "tests/strategies",
    "advisor/alerts/channels": "tests/alerts/channels",
    "agents/python/src/advisor_agent/collectors": "agents/python/tests/collectors",
    "agents/python/src/advisor_agent/errands": "agents/python/tests/errands",
    "agents/python/src/advisor_agent/portable/collectors": "agents/python/tests/portable/collectors",
}
"""Where a newcomer adds one file and its test, and edits no list."""

WHOLE_JOURNEYS = {"browser", "lab", "sdk", "recordings", "replay", "long", "chaos"}
"""Folders of tests that follow people or senders through the product, not one module."""


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
