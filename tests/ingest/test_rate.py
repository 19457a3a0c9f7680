from __future__ import annotations

import threading

from advisor.ingest.rate import RateLimit


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_then_the_rate_holds() -> None:
    clock = Clock()
    rate = RateLimit(50.0, clock)
    assert [rate.wait(1) for _ in range(100)] == [0] * 100
    assert rate.wait(1) == 1
    clock.now += 0.1
    assert [rate.wait(1) for _ in range(6)] == [0] * 5 + [1]


def test_tokens_do_not_share_a_bucket() -> None:
    rate = RateLimit(1.0, Clock())
    assert [rate.wait(1), rate.wait(1), rate.wait(1), rate.wait(2)] == [0, 0, 1, 0]


def test_the_wait_is_whole_seconds_until_the_next_request() -> None:
    clock = Clock()
    rate = RateLimit(0.25, clock)
    assert [rate.wait(1), rate.wait(1)] == [0, 4]
    clock.now += 2.5
    assert rate.wait(1) == 2
    clock.now += 1.5
    assert rate.wait(1) == 0


def test_what_is_refused_takes_nothing() -> None:
    clock = Clock()
    rate = RateLimit(100.0, clock)
    assert [rate.wait(1, 150), rate.wait(1, 60), rate.wait(1, 50)] == [0, 1, 0]


def test_more_than_a_bucket_holds_passes_when_it_is_full_and_is_owed() -> None:
    """A body of 10,000 points passes however low the rate is; the next one waits for both."""
    clock = Clock()
    rate = RateLimit(100.0, clock)
    assert [rate.wait(1, 1_000), rate.wait(1, 1)] == [0, 9]
    clock.now += 9.0
    assert rate.wait(1, 1) == 0


def test_threads_share_what_there_is() -> None:
    rate, together = RateLimit(50.0, Clock()), threading.Barrier(4)
    taken: list[bool] = []

    def ask() -> None:
        together.wait()
        taken.extend(rate.wait(1) == 0 for _ in range(100))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(True) == 100


def test_memory_is_bounded() -> None:
    rate = RateLimit(50.0, Clock())
    for token in range(10_100):
        rate.wait(token)
    assert rate._buckets.held <= 10_000
