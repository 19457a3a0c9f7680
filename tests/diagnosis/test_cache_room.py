"""cache_room: what the caches that are there say of more of them; the one that is asked most is not the only one."""

from __future__ import annotations

import pytest

from advisor.diagnosis import cache_room
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.strategies.repeated import beside, calling

OTHER = "valkey 127.0.0.1 6380"


def test_without_a_cache_nothing_is_known() -> None:
    assert cache_room.full(calling(), 300.0) == cache_room.futile(calling(), 300.0) == ""
    assert not cache_room.repeats(calling(), 300.0)


@pytest.mark.parametrize(
    ("hits", "repeats", "futile"), [(310.0, True, False), (290.0, False, False), (190.0, False, True)]
)
def test_its_hit_ratio_says_whether_reads_repeat(hits: float, repeats: bool, futile: bool) -> None:
    seen = beside(calling(), hits=hits, misses=1000 - hits)
    assert cache_room.repeats(seen, 300.0) is repeats
    assert bool(cache_room.futile(seen, 300.0)) is futile


def test_each_of_several_counts() -> None:
    seen = beside(beside(calling()), OTHER, hits=100.0, misses=100.0, evicted=20.0)
    assert cache_room.full(seen, 300.0) == (
        f"{OTHER} gives up 10 keys for every 100 look-ups for lack of memory: give it more first."
    )


def test_a_cache_that_is_hardly_asked_is_neither_full_nor_futile() -> None:
    seen = beside(calling(), hits=0.0, misses=9.0, evicted=9.0)
    assert cache_room.full(seen, 300.0) == cache_room.futile(seen, 300.0) == ""


def test_two_servers_of_one_program_hide_each_other_s_time() -> None:
    seen = with_part(beside(calling()), PartKind.PROGRAM, "redis-server", active=2.0, busy=19.0)
    assert cache_room.full(seen, 300.0) == ""
