"""A heap that an SDK, a page or PM2 tells, garbage and all, and whose limit the agent does."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.features import Snapshot
from advisor.vocabulary.events import EXITED
from tests.additions import happened, life, with_events, with_figures, with_lives, with_recalled, with_window
from tests.answers import ruled
from tests.builders import NOW, YOUNG, Load, Machine, Senders, service, snapshot
from tests.heaps import until
from tests.pasts import Past, level, with_past

MB = 1e6
LIMIT = 243 * MB
BIG = Machine(memory=8e9, available=7e9)
SCALES = (1.0, 5.0)
STEPS = (10.0, 60.0)
"""Seconds between two looks: of a page, and of an SDK or PM2."""


def told(*shares: float, step: float = 10.0, scale: float = 1.0, age: float = 86_400.0) -> Snapshot:
    """A process whose heap is this full, in turns; nobody tells its collections, and its machine has room."""
    load = Load(rss=LIMIT, age=age)
    seen = snapshot(load, machine=BIG, senders=Senders(probe=False, interval=step), time_scale=scale)
    count = seen.window.instances[0].track.times.size
    used = np.resize(np.array(shares), count) * LIMIT
    seen = with_figures(seen, heap_used=used, heap_limit=YOUNG + LIMIT)
    return with_recalled(seen, "memory-pressure", service())


def pressure(seen: Snapshot) -> Reading:
    return ruled("memory-pressure", seen).reading


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("step", STEPS)
def test_a_heap_that_is_full_all_the_time_counts_as_with_a_probe(step: float, scale: float) -> None:
    found = pressure(told(0.97, 0.95, 0.99, step=step, scale=scale))
    assert found.condition is Condition.OVER
    assert "95% of its limit" in found.claim


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("step", STEPS)
def test_stays_silent_for_a_saw_that_falls_after_each_collection(step: float, scale: float) -> None:
    found = pressure(told(0.4, 0.6, 0.8, 0.95, step=step, scale=scale))
    assert found.condition is Condition.UNDER


def filled(ago: float, share: float, step: float = 60.0) -> Snapshot:
    """A heap in which a third stayed until so many seconds ago, and this share since."""
    seen = told(0.33, 0.36, step=step)
    used = np.where(seen.window.instances[0].track.times >= NOW - ago, share, 0.35)
    return with_figures(seen, heap_used=used * LIMIT)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("share", [0.935, 0.95, 0.97])
def test_a_heap_that_became_nearly_full_is_told_after_five_minutes(step: float, share: float) -> None:
    assert pressure(filled(320.0, share, step)).condition is Condition.OVER


@pytest.mark.parametrize(("ago", "share"), [(320.0, 0.91), (200.0, 0.97)])
def test_stays_silent_for_one_with_room_for_garbage_or_that_was_looked_at_too_seldom(ago: float, share: float) -> None:
    assert pressure(filled(ago, share)).condition is not Condition.OVER


def test_stays_silent_for_a_heap_that_fills_once_in_minutes() -> None:
    assert pressure(told(*np.linspace(0.4, 0.95, 50))).condition is Condition.UNDER


def test_stays_silent_before_it_is_known_what_a_young_one_keeps() -> None:
    assert pressure(told(0.95, age=300.0)).condition is not Condition.OVER


def test_stays_silent_where_two_looks_are_all_there_are() -> None:
    assert pressure(told(0.95, step=300.0)).condition is not Condition.OVER


def test_stays_silent_without_a_limit() -> None:
    seen = with_figures(told(0.95), heap_limit=math.nan)
    assert pressure(seen).condition is Condition.UNDER


def ended(*shares: float, step: float, **said: Any) -> Snapshot:
    """The only process, whose heap was this full until it ended five minutes ago."""
    seen = told(*shares, step=step)
    at = seen.now - 300.0
    seen = with_window(seen, instances=(until(seen.window.instances[0], at),))
    return with_events(with_lives(seen, life(6 * 3600, 300.0)), happened(EXITED.name, 300.0, **said))


@pytest.mark.parametrize("step", STEPS)
def test_an_abort_with_the_heap_full_is_explained(step: float) -> None:
    assert pressure(ended(0.9, 0.95, step=step, signal="SIGABRT")).condition is Condition.OVER
    assert pressure(ended(0.9, 0.95, step=step)).condition is Condition.OVER


@pytest.mark.parametrize("step", STEPS)
def test_stays_silent_for_an_end_that_nobody_explains_amid_garbage(step: float) -> None:
    assert pressure(ended(0.4, 0.9, step=step)).condition is not Condition.OVER
    assert pressure(ended(0.4, 0.45, step=step, signal="SIGABRT")).condition is not Condition.OVER


def leaking(limit: float, grows: float = 8 * MB) -> Reading:
    """A day of a heap that grows so much an hour, on a machine with room for a fortnight."""
    seen = snapshot(Load(), machine=BIG, senders=Senders(probe=False))
    seen = with_figures(seen, heap_used=300 * MB, heap_limit=YOUNG + limit)
    past = Past(30.0, 300.0, {"heap_used": level(120 * MB, grows)}, swing=0.6, begins=7.0)
    return ruled("memory-leak", with_past(seen, "memory-leak", past)).reading


def test_a_leak_ends_at_the_limit_of_its_heap() -> None:
    near, far = leaking(600 * MB), leaking(1200 * MB)
    assert near.condition is far.condition is Condition.OVER
    assert "MB that are left in 3" in near.claim
    assert near.claim != far.claim


def test_stays_silent_for_a_heap_that_does_not_grow() -> None:
    assert leaking(600 * MB, grows=0.0).condition is Condition.UNDER


@pytest.mark.parametrize("shares", [(0.4, 0.7, 0.95), (0.95, 0.97)])
def test_stays_silent_about_collections_that_take_no_time(shares: tuple[float, ...]) -> None:
    seen = with_figures(told(*shares), gc_major=0.05, gc_minor=0.05, loop_utilization=0.3)
    assert ruled("gc-pressure", seen).reading.condition is Condition.UNDER


@pytest.mark.parametrize(("shares", "full"), [((0.4, 0.7, 0.95), False), ((0.95, 0.97), True)])
def test_a_claim_of_a_full_heap_needs_one_that_is_never_emptier(shares: tuple[float, ...], full: bool) -> None:
    seen = with_figures(told(*shares), gc_major=1.5, gc_minor=0.5, loop_utilization=0.95)
    found = ruled("gc-pressure", seen).reading
    assert found.condition is Condition.OVER
    assert ("full afterwards" in found.claim) is full
