from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from advisor.pages.lives import SHOWN, life_rows
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


def test_an_end_that_worker_and_primary_tell_of_stands_once_as_the_worker_tells_it() -> None:
    own = replace(END, cause="uncaught-exception", exception="TypeError", exit_code=1, file="/srv/cart.js", line=41)
    of_primary = replace(END, at=100.5, instance_id=9, instance_pid=40, pid=42, cause="exit", exit_code=1)
    (row,) = life_rows([of_primary, own])
    assert (row.pid, row.file, row.line) == (42, "/srv/cart.js", 41)


def test_a_process_id_that_ends_again_later_or_elsewhere_is_another_end() -> None:
    rows = life_rows([END, replace(END, at=400.0), replace(END, host="web-02")])
    assert len(rows) == 3


def test_a_child_that_only_its_primary_saw_end_is_named_by_its_own_id() -> None:
    (row,) = life_rows([replace(END, instance_pid=40, pid=77, cause="signal", signal="SIGSEGV")])
    assert (row.pid, row.how) == (77, "Killed by SIGSEGV")


def test_only_the_newest_are_shown() -> None:
    rows = life_rows([replace(START, at=float(n)) for n in range(2_000)])
    assert [row.time for row in rows] == [float(n) for n in range(1_999, 1_999 - SHOWN, -1)]
