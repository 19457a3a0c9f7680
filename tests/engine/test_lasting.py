"""lasting: deploys that follow each other hide no trouble that outlasts them, and a slow start stays one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from advisor.engine.replay import Replay
from advisor.features import ServiceWindow, Snapshot, Track
from advisor.features.condense import cut
from advisor.features.window import Array
from advisor.vocabulary import PartKind, Verdict
from advisor.vocabulary.events import EXITED
from tests.additions import happened, life, with_figures, with_part
from tests.builders import NOW, YOUNG, Load, service

DB: Final = "postgresql db.internal:5432/shop"
LENGTH: Final = 3000.0
FOUR_MINUTES: Final = [2100.0 - 240 * n for n in range(9)]
"""How long ago deploys were that follow each other every four minutes, the first a quarter of an hour after start."""

When = Callable[[Array, Array], NDArray[np.bool_]]
"""Whether answers are slow, by how long ago a row was and how old its process was then."""


def _mixed(quick: Track, slow: Track, where: NDArray[np.bool_]) -> Track:
    values = {name: np.where(where, slow.values[name], quick.values[name]) for name in quick.values}
    told = {n: (slow if where[n] else quick).latencies[n] for n in quick.latencies}
    return replace(quick, values=values, latencies=told)


def _deployed(agos: list[float], slow: When, latency: float = 0.9) -> ServiceWindow:
    """One process that waits for a database, replaced in order so many seconds ago."""
    quick, waits = (service(Load(elu=0.2, rps=40, latency=took), seconds=LENGTH) for took in (0.05, latency))
    (one,) = quick.instances
    ago = NOW - one.track.times
    age = _ages(ago, agos)
    track = _mixed(one.track, waits.instances[0].track, slow(ago, age))
    whole = replace(quick, instances=(replace(one, track=track, parts=()),))
    count, spent = track.values["requests"], track.values["request_time"]
    called = with_part(Snapshot(whole, NOW), PartKind.DATABASE, DB, count=2 * count, duration=0.8 * spent, errors=0.0)
    return _replaced(called.window, agos)


def _ages(ago: Array, deployed: list[float]) -> Array:
    born = np.array([86_400.0, *deployed])
    return np.array([born[born >= at].min() - at for at in ago])


def _replaced(whole: ServiceWindow, agos: list[float]) -> ServiceWindow:
    """Each of the lives that follow each other gets the rows of its time."""
    bounds = [86_400.0, *agos, 0.0]
    lives, instances = [], []
    for n, (began, ended) in enumerate(pairwise(bounds)):
        (rows,) = cut(whole, NOW - began + 0.001, NOW - ended, 0.0).instances
        lives.append(life(began, ended, 100 + n))
        instances.append(replace(rows, id=100 + n, pid=1100 + n, started=NOW - began))
    events = tuple(happened(EXITED.name, ended, 100 + n, exit_code=0) for n, ended in enumerate(bounds[1:-1]))
    return replace(whole, instances=tuple(instances), lives=tuple(lives), events=events)


def _told(whole: ServiceWindow, rule: str = "downstream-bound") -> list[float]:
    """How long ago this rule fired."""
    looks = ((judged.at, ruling) for judged in Replay(whole) for ruling in judged.rulings)
    return [NOW - at for at, ruling in looks if ruling.rule == rule and ruling.verdict is Verdict.FIRING]


def test_what_was_slow_before_the_first_deploy_is_told_through_all_that_follow() -> None:
    told = _told(_deployed(FOUR_MINUTES, lambda ago, age: ago < 2280))
    assert told[0] > 2280 - 600


def test_what_becomes_slow_between_two_of_them_and_stays_so_is_told_as_well() -> None:
    told = _told(_deployed(FOUR_MINUTES, lambda ago, age: ago < 1750))
    assert told[0] > 1750 - 720


@pytest.mark.parametrize("age", [60.0, 120.0, 150.0])
def test_a_start_that_is_slow_each_time_is_not_told(age: float) -> None:
    assert _told(_deployed(FOUR_MINUTES, lambda ago, old: old < age)) == []


def test_nor_is_what_the_next_deploy_mends() -> None:
    assert _told(_deployed([900.0], lambda ago, age: (ago > 890) & (ago < 1080))) == []


def test_one_deploy_makes_nobody_wait_ten_minutes_for_what_was_there_before_it() -> None:
    told = _told(_deployed([900.0], lambda ago, age: ago < 1080))
    assert told[0] > 1080 - 480


def test_what_began_with_a_deploy_waits_for_its_figures_to_settle() -> None:
    told = _told(_deployed([900.0], lambda ago, age: ago < 900))
    assert 250 < told[0] < 330


def _filled(full: When) -> ServiceWindow:
    """The same with a heap that is full where this says so, and else a fifth full."""
    whole = service(Load(), seconds=LENGTH)
    (one,) = whole.instances
    ago = NOW - one.track.times
    held = np.where(full(ago, _ages(ago, FOUR_MINUTES)), 0.94, 0.2) * 5e8
    seen = with_figures(Snapshot(whole, NOW), heap_floor=held, heap_used=held, heap_limit=YOUNG + 5e8)
    return _replaced(seen.window, FOUR_MINUTES)


def test_a_heap_that_is_full_in_each_life_is_told() -> None:
    assert _told(_filled(lambda ago, age: ago < 2280), "memory-pressure")[0] > 2280 - 600


def test_a_heap_that_is_full_after_each_start_alone_is_not() -> None:
    assert _told(_filled(lambda ago, age: age < 150), "memory-pressure") == []


def test_trouble_long_after_a_deploy_is_told_as_if_there_had_been_none() -> None:
    """The deploy was 45 minutes ago; answers are slow from minute 23 on."""
    told = _told(_deployed([2700.0], lambda ago, age: ago < 1300))
    assert told[0] > 1300 - 600
