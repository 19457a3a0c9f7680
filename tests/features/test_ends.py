"""ends: what a process, its primary and the agent tell of one end stands once, with the best of all."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from advisor.features.ends import End, ends, told_ends
from advisor.vocabulary.events import EXITED, STARTED, Cause
from tests.additions import happened, life, with_events, with_lives
from tests.builders import NOW, Senders, snapshot

IDLE = snapshot(senders=Senders(probe=False))


def told(*events: object, lives: tuple[object, ...] = (), time_scale: float = 1.0) -> tuple[End, ...]:
    seen = with_events(with_lives(IDLE, *lives), *events)  # type: ignore[arg-type]
    return ends(seen.window, NOW, time_scale)


def test_three_tell_of_one_end() -> None:
    (end,) = told(
        happened(EXITED.name, 100, 10, cause=Cause.UNCAUGHT_EXCEPTION, exception="TypeError", file="a.js", line=3),
        happened(EXITED.name, 99, 10, exit_code=1, active=6),
        happened(EXITED.name, 95, 20, pid=1010, exit_code=1),
        lives=(life(500, 100, 10), life(900, 0, 20)),
    )
    assert (end.at, end.pid, end.exit_code, end.active) == (NOW - 100, 1010, 1, 6)
    assert (end.cause, end.exception, end.file, end.line) == (Cause.UNCAUGHT_EXCEPTION, "TypeError", "a.js", 3)
    assert end.is_error
    assert not end.is_orderly


@pytest.mark.parametrize(
    ("own", "agent", "known"),
    [
        ({"cause": Cause.EXIT, "exit_code": 0}, {"cause": Cause.EXIT, "exit_code": 5}, (Cause.EXIT, 5, "")),
        ({"cause": Cause.EXIT, "exit_code": 0}, {"signal": "SIGSEGV"}, (Cause.EXIT, None, "SIGSEGV")),
        ({"cause": Cause.OUT_OF_WORK, "exit_code": 0}, {}, (Cause.OUT_OF_WORK, 0, "")),
        ({}, {}, ("", None, "")),
    ],
)
def test_what_the_kernel_says_weighs_more_than_what_the_process_meant(
    own: dict[str, Any], agent: dict[str, Any], known: tuple[str, int | None, str]
) -> None:
    """A listener may change the code after the probe has told it, and a crash may come after that."""
    events = happened(EXITED.name, 100, 10, **own), happened(EXITED.name, 99.9, 10, **agent)
    (end,) = told(*events, lives=(life(500, 100, 10),))
    assert (end.cause, end.exit_code, end.signal) == known


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_who_tells_first_makes_no_difference(order: tuple[int, ...]) -> None:
    events = (
        happened(EXITED.name, 100, 10, cause=Cause.UNCAUGHT_EXCEPTION, exit_code=1),
        happened(EXITED.name, 100, 10, exit_code=1),
        happened(EXITED.name, 100, 20, pid=1010, exit_code=1),
    )
    (end,) = told_ends([events[n] for n in order], (life(500, 100, 10), life(900, 0, 20)))
    assert (end.cause, end.exit_code, end.pid) == (Cause.UNCAUGHT_EXCEPTION, 1, 1010)


def test_two_containers_in_which_the_process_has_the_same_id_are_two() -> None:
    lives = life(500, 100, 10, pid=1), life(500, 100, 11, pid=1)
    assert len(told(happened(EXITED.name, 100, 10), happened(EXITED.name, 99.8, 11), lives=lives)) == 2


def test_an_end_of_a_primary_is_not_that_of_its_worker() -> None:
    events = happened(EXITED.name, 100, 20, pid=1010, exit_code=1), happened(EXITED.name, 99, 20)
    found = told(*events, lives=(life(500, 100, 10), life(900, 99, 20)))
    assert sorted((end.pid, end.exit_code) for end in found) == [(1010, 1), (1020, None)]


def test_children_of_one_number_that_end_on_two_machines_are_two() -> None:
    lives = life(900, 0, 20, host_id=1), life(900, 0, 21, host_id=2)
    found = told(happened(EXITED.name, 50, 20, pid=7), happened(EXITED.name, 49, 21, pid=7), lives=lives)
    assert [(end.pid, end.host_id) for end in found] == [(7, 1), (7, 2)]


def test_other_events_are_no_ends() -> None:
    assert told(happened(STARTED.name, 50, 10), lives=(life(900, 0, 10),)) == ()


def test_a_child_that_never_reported_is_an_end_of_its_own() -> None:
    found = told(
        *(happened(EXITED.name, ago, 20, pid=7, exit_code=1) for ago in (90, 60, 59)), lives=(life(900, 0, 20),)
    )
    assert [(end.pid, end.life) for end in found] == [(7, None), (7, None)]


def test_the_same_number_on_another_host_is_another_process() -> None:
    found = told(
        happened(EXITED.name, 50, 20, pid=1010, exit_code=1),
        lives=(life(900, 0, 20, host_id=2), life(500, 0, 10, host_id=1)),
    )
    assert [end.life for end in found] == [None]


def test_of_two_with_the_same_number_the_youngest_ended() -> None:
    first, second = life(900, 600, 10, pid=5), life(500, 50, 11, pid=5)
    (_, end) = told(happened(EXITED.name, 50, 20, pid=5, exit_code=1), lives=(life(999, 0, 20), first, second))
    assert end.life == second


def test_silence_is_an_end_that_nobody_told() -> None:
    (end,) = told(lives=(life(900, 91, 10), life(900, 89, 11)))
    assert (end.at, end.told, end.is_error, end.is_orderly) == (NOW - 91, False, False, False)
    assert len(told(lives=(life(900, 30, 12),), time_scale=5.0)) == 1


def test_orderly_is_what_was_asked_to_stop() -> None:
    asked = (End(0, None, 1, exit_code=0), End(0, None, 1, signal="SIGTERM"), End(0, None, 1, exit_code=143))
    assert all(end.is_orderly and not end.is_error for end in asked)
    killed = End(0, None, 1, signal="SIGKILL")
    assert not killed.is_orderly
    assert not killed.is_error
    failed = (
        End(0, None, 1, exit_code=1),
        End(0, None, 1, signal="SIGSEGV"),
        End(0, None, 1, exit_code=0, cause=Cause.OUT_OF_WORK),
    )
    assert all(end.is_error and not end.is_orderly for end in failed)


def test_what_is_still_to_come_has_not_ended() -> None:
    assert told(happened(EXITED.name, -5, 10, exit_code=1), lives=(life(900, 0, 10),)) == ()


@pytest.mark.parametrize(("every", "ago", "gone"), [
    (10.0, 80.0, False), (10.0, 100.0, True), (60.0, 125.0, False), (60.0, 170.0, False), (60.0, 190.0, True),
])  # fmt: skip
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_silence_is_an_end_after_three_of_its_intervals(
    every: float, ago: float, gone: bool, time_scale: float
) -> None:
    sdk = Senders(agent=False, interval=every, silent=ago / time_scale)
    seen = with_lives(snapshot(senders=sdk, time_scale=time_scale), life(86400, ago / time_scale, 10))
    assert [end.told for end in ends(seen.window, NOW, time_scale)] == [False] * gone
