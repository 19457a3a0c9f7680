"""task: the heavy work of the process that loses most time to blocks."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.features.task import blocking_task
from tests.builders import Load, Senders, snapshot

HEAVY = Load(elu=0.2, block=0.3, block_every=30.0)


def test_it_is_that_of_the_most_blocked_process() -> None:
    task = blocking_task(snapshot(Load(), HEAVY, Load()), 600)
    assert task is not None
    assert task.process.instance.id == 11
    assert task.seconds == pytest.approx(0.308, abs=0.01)
    assert task.usual == pytest.approx(0.308, abs=0.01)
    assert task.share == pytest.approx(0.0105, abs=0.002)


def test_two_pieces_one_behind_the_other_are_no_other_work() -> None:
    seen = snapshot(HEAVY)
    delays = seen.window.instances[0].track.values["loop_delay_max"]
    delays[np.flatnonzero(delays > 0.2)[-1]] *= 2
    task = blocking_task(seen, 600)
    assert task is not None
    assert task.seconds == pytest.approx(0.62, abs=0.03)
    assert task.usual == pytest.approx(0.308, abs=0.01)
    assert task.rest < 0.05


def test_what_remains_is_the_next_longest_block_or_pause() -> None:
    calm, collecting = (blocking_task(snapshot(Load(elu=0.2, block=0.3, block_every=30.0, gc_pause=pause)), 600)
                        for pause in (0.001, 0.06))  # fmt: skip
    assert calm is not None
    assert collecting is not None
    assert calm.rest < 0.01
    assert collecting.rest == pytest.approx(0.06)


def test_without_delays_there_is_none() -> None:
    assert blocking_task(snapshot(HEAVY, senders=Senders(probe=False)), 600) is None


def test_a_process_that_sums_its_blocks_but_not_the_longest_has_none() -> None:
    seen = snapshot(HEAVY)
    del seen.window.instances[0].track.values["loop_delay_max"]  # type: ignore[attr-defined]  # a dict underneath
    assert blocking_task(seen, 600) is None
