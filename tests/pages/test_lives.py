from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from advisor.pages.lives import SHOWN, how_often, life_rows
from advisor.store.samples import StoredEvent
from advisor.vocabulary.events import BLOCKED, EXITED, STARTED

END = StoredEvent(EXITED.name, 100.0, 1, 42, "web-01", 0)
START = replace(END, name=STARTED.name)


def test_starts_and_ends_stand_newest_first() -> None:
    rows = life_rows([START, replace(END, at=300.0, cause="exit", exit_code=0), replace(START, name=BLOCKED.name)])
    assert [(row.ended, row.host, row.pid, row.time) for row in rows] == [
        (True, "web-01", 42, 300),
        (False, "web-01", 42, 100),
    ]
    assert rows[1].how == ""


@pytest.mark.parametrize(
    ("said", "how", "failed"),
    [
        ({"cause": "exit", "exit_code": 0}, "Exit code 0", False),
        ({"cause": "exit", "exit_code": 7}, "Exit code 7", True),
        ({"cause": "out-of-work", "exit_code": 0}, "Nothing left to do, exit code 0", False),
        ({"cause": "signal", "signal": "SIGKILL"}, "Killed by SIGKILL", True),
        ({"cause": "signal", "signal": "SIGTERM"}, "Ended by SIGTERM", False),
        (
            {"cause": "uncaught-exception", "exit_code": 1, "exception": "TypeError"},
            "Error that nobody caught: TypeError, exit code 1",
            True,
        ),
        ({"cause": "unhandled-rejection", "exit_code": 1}, "Rejected promise that nobody handled, exit code 1", True),
        ({}, "Nobody could see how", False),
    ],
)
def test_how_a_process_ended_is_said_in_words(said: dict[str, Any], how: str, failed: bool) -> None:
    (row,) = life_rows([replace(END, **said)])
    assert (row.how, row.failed) == (how, failed)


def test_an_error_and_the_signal_that_it_led_to_are_both_said() -> None:
    own = replace(END, cause="uncaught-exception", exception="TypeError", exit_code=1)
    (row,) = life_rows([own, replace(END, at=100.1, cause="signal", signal="SIGABRT")])
    assert (row.how, row.failed) == ("Error that nobody caught: TypeError, killed by SIGABRT", True)


def test_an_end_that_only_the_primary_saw_is_that_of_its_child() -> None:
    of_web02 = replace(END, host="web-02", instance_id=9, instance_pid=40, pid=77, signal="SIGSEGV")
    rows = life_rows([of_web02, replace(of_web02, host="web-01", instance_id=8)])
    assert sorted((row.host, row.pid, row.how) for row in rows) == [
        ("web-01", 77, "Killed by SIGSEGV"),
        ("web-02", 77, "Killed by SIGSEGV"),
    ]


def test_a_start_that_probe_and_agent_tell_of_stands_once() -> None:
    rows = life_rows([START, replace(START, at=100.04), replace(START, instance_id=2, instance_pid=43)])
    assert [(row.pid, row.time) for row in rows] == [(42, 100.0), (43, 100.0)]


def test_only_the_newest_are_shown() -> None:
    rows = life_rows([replace(START, at=float(n), instance_id=n) for n in range(2_000)])
    assert [row.time for row in rows] == [float(n) for n in range(1_999, 1_999 - SHOWN, -1)]


DAY, NOW = 86_400.0, 1_763_870_400.3


def ended(number: int, age: float, **said: Any) -> list[StoredEvent]:
    """So many ends, each of a process of its own, the newest so many seconds ago."""
    first = int(age) * 100
    return [
        replace(END, at=NOW - age - n, instance_id=first + n, instance_pid=first + n, **said) for n in range(number)
    ]


ONE = {"cause": "exit", "exit_code": 1}
KILLED = {"cause": "signal", "signal": "SIGKILL"}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (ended(1, 60, **ONE), "Ended once in the last hour, with exit code 1."),
        (ended(14, 60, **ONE), "Ended 14 times in the last hour, each time with exit code 1."),
        (
            ended(13, 60, **ONE) + ended(1, 5, cause="signal", signal="SIGTERM"),
            "Ended 14 times in the last hour, 13 times with exit code 1 and once by SIGTERM.",
        ),
        (ended(2, 7200, **KILLED), "Ended 2 times in the last 24 hours, each time by SIGKILL."),
        (
            ended(3, 7200, **ONE) + ended(2, 60, **KILLED),
            "Ended 5 times in the last 24 hours, 3 times with exit code 1 and 2 times by SIGKILL."
            " 2 of them in the last hour.",
        ),
        (ended(1, 60), "Ended once in the last hour, in a way that nobody could see."),
        (
            [end for code in range(5) for end in ended(5 - code, 60 + 10 * code, cause="exit", exit_code=code)],
            "Ended 15 times in the last hour, 5 times with exit code 0, 4 times with exit code 1,"
            " 3 times with exit code 2 and 3 times otherwise.",
        ),
    ],
)
def test_how_often_it_ended_is_said_with_how(found: list[StoredEvent], said: str) -> None:
    assert how_often(found, NOW - DAY, NOW) == said


def test_nothing_is_said_where_nothing_ended() -> None:
    assert how_often([START], NOW - DAY, NOW) == ""


def test_an_end_that_three_tell_of_is_counted_once() -> None:
    own = ended(1, 60, **ONE)[0]
    of_primary = replace(own, at=own.at + 0.2, instance_id=9, instance_pid=40, pid=own.instance_pid)
    assert how_often([own, replace(own, at=own.at + 0.1), of_primary], NOW - DAY, NOW).startswith("Ended once")


def test_the_time_that_was_looked_back_is_said_as_it_is() -> None:
    """There was so much that the look back ends after a few minutes."""
    assert "20 times in the last 8 m," in how_often(ended(20, 60, **ONE), NOW - 500, NOW)
    assert "20 times in the last 2 h 5 m," in how_often([*ended(19, 60), *ended(1, 7300)], NOW - 7500, NOW)
