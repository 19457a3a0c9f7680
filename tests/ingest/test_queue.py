"""The queue: bounded, fair between tokens, and all of it for one that is alone."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from advisor.fleet.models import Token
from advisor.ingest.batch import Batch
from advisor.ingest.pivot import Pivoted
from advisor.ingest.queue import FairQueue


@dataclass(eq=False)
class One:
    """A batch that waits; `name` tells it from the others."""

    name: str
    batch: Batch


def one(token: int, points: int = 1, name: str = "") -> One:
    return One(name or f"{token}", Batch(Pivoted(points=points), Token(pk=token), None, 0.0))


def names(several: list[One]) -> list[str]:
    return [each.name for each in several]


def test_each_token_has_its_turn() -> None:
    queue = FairQueue[One](100)
    for name in ("a1", "a2", "a3", "a4"):
        queue.put(one(1, name=name))
    queue.put(one(2, name="b1"))
    queue.put(one(3, name="c1"))
    assert names(queue.take(4)) == ["a1", "b1", "c1", "a2"]
    assert names(queue.take(100)) == ["a3", "a4"]
    assert not queue


def test_turns_go_on_where_the_last_group_ended() -> None:
    queue = FairQueue[One](100)
    for token in (1, 1, 2, 2, 3, 3):
        queue.put(one(token))
    assert names(queue.take(2)) == ["1", "2"]
    assert names(queue.take(4)) == ["3", "1", "2", "3"]


def test_who_is_not_due_keeps_its_place() -> None:
    queue = FairQueue[One](100)
    for token in (1, 2, 1, 3, 2):
        queue.put(one(token))
    assert names(queue.take(100, lambda token: token == 2)) == ["2", "2"]
    assert queue.take(100, lambda token: False) == []
    assert names(queue.take(100)) == ["1", "3", "1"]


def test_a_token_alone_may_have_all_the_room() -> None:
    queue = FairQueue[One](10)
    assert [queue.put(one(1)) for _ in range(10)] == [[]] * 10
    late = one(1)
    assert queue.put(late) == [late]
    assert queue.points == 10


def test_who_has_most_gives_way() -> None:
    queue = FairQueue[One](10)
    for name in "abcdefghij":
        queue.put(one(1, name=name))
    modest = one(2, 2)
    assert names(queue.put(modest)) == ["j", "i"]
    assert names(queue.take(2)) == ["a", "2"]
    assert queue.points == 7


def test_one_that_is_larger_than_all_the_room_goes_in_alone() -> None:
    queue = FairQueue[One](10)
    huge = one(1, 50)
    assert queue.put(huge) == []
    assert queue.put(one(2)) == [huge]
    assert names(queue.take(1)) == ["2"]


@given(st.lists(st.one_of(st.tuples(st.integers(1, 4), st.integers(1, 6)), st.integers(1, 9))))
def test_nothing_is_lost_and_no_more_waits_than_may(steps: list[tuple[int, int] | int]) -> None:
    queue, waiting = FairQueue[One](12), list[One]()
    for step in steps:
        if isinstance(step, tuple):
            waiting.append(one(*step))
            gone = queue.put(waiting[-1])
        else:
            gone = queue.take(step)
        waiting = [each for each in waiting if each not in gone]
        assert queue.points == sum(each.batch.points for each in waiting) <= 12
    assert sorted(map(id, queue.take(10_000))) == sorted(map(id, waiting))
