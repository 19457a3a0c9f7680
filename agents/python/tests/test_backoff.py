from __future__ import annotations

from advisor_agent.backoff import Backoff


def test_waits_grow_to_the_cap_and_are_spread():
    backoff = Backoff()
    waits = [backoff.next() for _ in range(200)]
    assert waits[0] <= 1
    assert all(0.1 <= wait <= 300 for wait in waits)
    assert max(waits[20:]) > 150 > min(waits[20:])


def test_a_lower_cap_holds():
    backoff = Backoff()
    assert max(backoff.next(5.0) for _ in range(200)) <= 5.0


def test_success_starts_anew():
    backoff = Backoff()
    for _ in range(20):
        backoff.next()
    backoff.reset()
    assert backoff.next() <= 1
