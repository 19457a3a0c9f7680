from __future__ import annotations

import queue
import threading
from collections.abc import Collection

from advisor.ingest.hints import Hints

Told = queue.Queue[tuple[set[int], set[int]]]


def recorder() -> tuple[Told, Hints]:
    told: Told = queue.Queue()

    def publish(services: Collection[int], hosts: Collection[int]) -> None:
        told.put((set(services), set(hosts)))

    return told, Hints(publish, seconds=30.0)


def test_the_first_is_told_at_once_and_the_next_are_gathered() -> None:
    told, hints = recorder()
    hints.add([1], [7])
    assert told.get(timeout=10) == ({1}, {7})
    hints.add([2], [])
    hints.add([3], [7])
    assert told.empty()  # the second of silence is thirty here
    hints.stop()
    assert told.get(timeout=10) == ({2, 3}, {7})
    assert told.empty()


def test_a_failure_is_counted_and_the_next_hint_goes_out() -> None:
    answers = iter([OSError("the broker is away"), None])
    reached = threading.Semaphore(0)

    def publish(services: Collection[int], hosts: Collection[int]) -> None:
        answer = next(answers)
        reached.release()
        if answer:
            raise answer

    hints = Hints(publish, seconds=0.0)
    hints.add([1], [])
    assert reached.acquire(timeout=10)
    hints.add([2], [])
    assert reached.acquire(timeout=10)
    hints.stop()
    assert hints.lost == 1


def test_nothing_new_is_not_told() -> None:
    told, hints = recorder()
    hints.add([], [])
    hints.stop()
    assert told.empty()
