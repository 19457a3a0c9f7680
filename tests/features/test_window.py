"""window: what a process or a machine is made of."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.features.window import HostWindow, InstanceWindow, PartWindow, Track
from advisor.vocabulary import PartKind

EMPTY = Track(np.empty(0), np.empty(0), {})
PARTS = tuple(
    PartWindow(kind, name, EMPTY)
    for kind, name in [(PartKind.DISK, "/"), (PartKind.PROGRAM, "redis"), (PartKind.DISK, "/var"), (PartKind.APP, "a")]
)


@pytest.mark.parametrize(
    "whole", [HostWindow(1, "web-01", EMPTY, PARTS), InstanceWindow(1, None, 42, "single", None, EMPTY, PARTS)]
)
def test_parts_are_picked_by_kind_in_their_order(whole: HostWindow | InstanceWindow) -> None:
    assert [part.name for part in whole.of_kind(PartKind.DISK)] == ["/", "/var"]
    assert [part.name for part in whole.of_kind(PartKind.APP, PartKind.DISK)] == ["/", "/var", "a"]
    assert whole.of_kind(PartKind.POOL) == []


@pytest.mark.parametrize(("times", "step"), [
    ([], 0.0), ([5.0], 0.0), ([0.0, 60.0, 120.0], 60.0),
    ([0.0, *range(1700, 1800, 10)], 10.0),  # an outage is no habit
])  # fmt: skip
def test_a_step_is_the_usual_one(times: list[float], step: float) -> None:
    assert Track(np.array(times), np.zeros(len(times)), {}).step == step


@pytest.mark.parametrize(("step", "patience"), [(0.0, 0.0), (1.0, 10.0), (10.0, 100.0), (30.0, 100.0), (60.0, 180.0)])
def test_who_sends_seldom_is_waited_for_less_often(step: float, patience: float) -> None:
    assert Track(np.arange(5, dtype=np.float64) * np.float64(step), np.zeros(5), {}).patience == patience
