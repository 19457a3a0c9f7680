"""The broker is only a doorbell: a ring that fails fails nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from celery import current_app
from kombu.exceptions import OperationalError

from advisor.pipeline import doorbell, tasks


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[Any]]]:
    heard: list[tuple[str, list[Any]]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **options: heard.append((name, list(args))))
    return heard


def test_ids_travel_as_plain_json(rings: list[tuple[str, list[Any]]]) -> None:
    delivery = uuid4()
    doorbell.deliver([delivery])
    doorbell.evaluate([3, 4])
    assert rings == [(tasks.deliver.name, [[str(delivery)]]), (tasks.evaluate.name, [[3, 4]])]


def test_the_rollup_task_needs_no_ids(rings: list[tuple[str, list[Any]]]) -> None:
    doorbell.roll_up()
    assert rings == [(tasks.roll_up.name, [])]


def test_nothing_to_send_rings_nobody(rings: list[tuple[str, list[Any]]]) -> None:
    doorbell.deliver([])
    assert rings == []


@pytest.mark.parametrize("error", [OperationalError("no broker"), ConnectionRefusedError()])
def test_a_dead_broker_costs_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise error

    monkeypatch.setattr(current_app, "send_task", refuse)
    doorbell.evaluate([1])
    assert "the next sweep will" in caplog.text
