"""What is short where memory runs out: the heap of a process, or memory."""

from __future__ import annotations

import pytest

from advisor.diagnosis import Evidence
from advisor.diagnosis.memory_room import only_heap
from tests.rulings import firing


def told(**held: bool) -> tuple[Evidence, ...]:
    return tuple(Evidence(signal, signal, 0.9, "1", 0.85, "at least", holds) for signal, holds in held.items())


@pytest.mark.parametrize(("figures", "alone"), [
    ({"memory_long": False, "heap_share": True}, True),
    ({"memory_long": True, "heap_share": True}, False),
    ({"heap_share": True, "swapping": True}, False),
    ({"heap_share": True, "killed": True}, False),
    ({"memory_now": True, "heap_share": False}, False),
    ({"growth": True}, False),
])  # fmt: skip
def test_a_heap_is_what_is_short_where_no_figure_of_memory_speaks(figures: dict[str, bool], alone: bool) -> None:
    assert only_heap(firing("memory-pressure", *told(**figures))) is alone
