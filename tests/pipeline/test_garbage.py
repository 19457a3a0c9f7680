from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from celery.signals import worker_process_init

import advisor.celery  # noqa: F401  # it listens for the signal
from advisor.pipeline.garbage import SHORT, THRESHOLDS, search_seldom


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_is_there_is_not_looked_through_again() -> None:
    search_seldom()
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold() == THRESHOLDS
    search_seldom(SHORT)
    assert gc.get_threshold() == SHORT


def test_what_forms_a_circle_is_freed_still() -> None:
    search_seldom()
    for _ in range(200_000):
        circle: list[object] = []
        circle.append(circle)
    assert gc.get_count()[0] <= THRESHOLDS[0]
    assert sum(isinstance(one, list) and one[:1] == [one] for one in gc.get_objects()) < 200_000


def test_a_worker_does_not_look_through_what_it_began_with() -> None:
    worker_process_init.send(sender=None)
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold() == THRESHOLDS
