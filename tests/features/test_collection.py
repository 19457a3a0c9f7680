"""collection: pauses of garbage collection beside the blocks of a loop."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from advisor.features.collection import explained, major_share, paused_minutes
from advisor.features.process import Process
from tests.additions import with_probe_figures
from tests.builders import Load, Senders, snapshot


def process(load: Load | None = None, **columns: Any) -> Process:
    return with_probe_figures(snapshot(load or Load()), **columns).processes[0]


@pytest.mark.parametrize(
    ("block", "pause", "share"),
    [(0.3, 0.29, 1.0), (0.3, 0.16, 1.0), (0.3, 0.1, 0.0), (0.0, 0.2, 0.0)],
)
def test_a_pause_explains_a_block_of_up_to_twice_its_length(block: float, pause: float, share: float) -> None:
    load = Load(elu=0.3, block=block, block_every=4.0, gc_pause=pause)
    assert explained(process(load), 600, 0.05) == share


def test_blocks_without_a_pause_in_their_sample_count_against_it() -> None:
    seen = snapshot(Load(elu=0.3, block=0.3, block_every=4.0, gc_pause=0.3))
    pauses = seen.window.instances[0].track.values["gc_pause_max"]
    pauses[np.flatnonzero(~np.isnan(pauses))[::2]] = np.nan
    assert explained(seen.processes[0], 600, 0.05) == pytest.approx(0.5, abs=0.02)


def test_what_is_not_told_is_not_known() -> None:
    silent = snapshot(senders=Senders(probe=False)).processes[0]
    assert math.isnan(explained(silent, 600, 0.05))
    assert math.isnan(major_share(silent, 600))
    assert paused_minutes(silent, 600) == []


def test_major_and_minor_are_told_apart() -> None:
    assert major_share(process(), 600) == 1
    assert major_share(process(gc_minor=0.3), 600) == pytest.approx(0.25, abs=0.001)


def test_each_minute_has_its_longest_pause() -> None:
    assert list(paused_minutes(process(Load(gc_pause=0.12)), 600)) == [0.12] * 10
