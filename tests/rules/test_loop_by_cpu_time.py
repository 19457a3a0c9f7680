"""event-loop-saturated where nobody measures the loop, and its CPU time goes up and down around a full one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from advisor.engine.replay import Replay
from advisor.features import Snapshot
from advisor.vocabulary import Verdict
from tests.additions import with_figures
from tests.builders import NOW, Load, Machine, Senders, service

ONSET = 1500.0


def told(high: float, low: float, *, main_thread: bool = True) -> float:
    """Minutes until it fires for a main thread that computes this much in two of three turns, and that in the third."""
    senders = Senders(probe=False, main_thread=main_thread)
    window = service(Load(rps=170), machine=Machine(cores=4, cpu=0.4), senders=senders, seconds=2100.0)
    ago = NOW - window.instances[0].track.times
    busy = 10 * np.where(ago > ONSET, 0.3, np.where(ago // 50 % 3 == 1, low, high))
    figures: dict[str, Any] = {"cpu_user": busy, "cpu_system": 0.0} | ({"cpu_main": busy} if main_thread else {})
    looks = Replay(with_figures(Snapshot(window, NOW), **figures).window)
    at = [j.at for j in looks for r in j.rulings if r.rule == "event-loop-saturated" and r.verdict is Verdict.FIRING]
    return (min(at) - NOW + ONSET) / 60 if at else np.inf


@pytest.mark.parametrize(("high", "low"), [(0.88, 0.75), (0.91, 0.72)])
def test_what_its_own_thread_computes_is_told_in_minutes(high: float, low: float) -> None:
    assert told(high, low) <= 10


@pytest.mark.parametrize(("high", "low"), [(0.78, 0.6), (0.9, 0.45)])
def test_stays_silent_for_one_that_has_room_on_the_mean(high: float, low: float) -> None:
    assert told(high, low) == np.inf


def test_that_of_all_threads_may_be_more_than_the_loop_and_is_believed_less() -> None:
    assert told(0.89, 0.75) <= told(0.89, 0.75, main_thread=False)
