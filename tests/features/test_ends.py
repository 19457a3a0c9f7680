"""ends: what a process, its primary and the agent tell of one end stands once, with the best of all."""

from __future__ import annotations

from advisor.features.ends import End, ends
from advisor.vocabulary.events import EXITED, Cause
from tests.additions import happened, life, with_events, with_lives
from tests.builders import NOW, Senders, snapshot

IDLE = snapshot(senders=Senders(probe=False))


def told(*events: object, lives: tuple[object, ...] = (), time_scale: float = 1.0) -> tuple[End, ...]:
    seen = with_events(with_lives(IDLE, *lives), *events)  # type: ignore[arg-type]
    return ends(seen.window, NOW, time_scale)


def test_three_tell_of_one_end() -> None:
    (end,) = told(
        happened(EXITED.name, 100, 10, cause=Cause.UNCAUGHT_EXCEPTION, exception="TypeError", file="a.js", line=3),
        happened(EXITED.name, 99, 10, exit_code=1),
        happened(EXITED.name, 95, 20, pid=1010, exit_code=1),
        lives=(life(500, 100, 10), life(900, 0, 20)),
    )
    assert (end.at, end.pid, end.exit_code) == (NOW - 100, 1010, 1)
    assert (end.cause, end.exception, end.file, end.line) == (Cause.UNCAUGHT_EXCEPTION, "TypeError", "a.js", 3)
    assert end.is_error
    assert not end.is_orderly


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
    assert len(told(lives=(life(900, 30, 10),), time_scale=5.0)) == 1


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
