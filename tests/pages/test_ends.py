"""Three may tell of one end: the process's own probe, its primary's, and the agent."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from advisor.pages.ends import SAME_END, End, ends
from advisor.store.samples import StoredEvent
from advisor.vocabulary.events import EXITED, STARTED

TOLD = StoredEvent(EXITED.name, 100.0, 1, 42, "web-01", 0)
ERROR: dict[str, Any] = {"cause": "uncaught-exception", "exception": "TypeError", "file": "/srv/cart.js", "line": 41}

OWN = replace(TOLD, **ERROR, exit_code=1)
AGENT = replace(TOLD, at=100.1, cause="exit", exit_code=1)
PRIMARY = replace(AGENT, at=100.5, instance_id=9, instance_pid=40, pid=42)


@pytest.mark.parametrize("told", list(permutations([OWN, AGENT, PRIMARY])))
def test_all_three_together_are_one_end_with_the_best_of_each(told: tuple[StoredEvent, ...]) -> None:
    reason: dict[str, Any] = {
        "reason": "uncaught-exception",
        "exception": "TypeError",
        "file": "/srv/cart.js",
        "line": 41,
    }
    assert ends(told) == [End(at=100.0, host="web-01", pid=42, exit_code=1, **reason)]


@pytest.mark.parametrize("told", [[AGENT], [PRIMARY], [AGENT, PRIMARY]])
def test_where_the_process_says_nothing_the_code_is_all_there_is(told: list[StoredEvent]) -> None:
    assert ends(told) == [End(at=told[0].at, host="web-01", pid=42, exit_code=1)]


@pytest.mark.parametrize(
    ("own", "agent", "known"),
    [
        ({"cause": "exit", "exit_code": 0}, {"cause": "exit", "exit_code": 5}, {"exit_code": 5}),
        ({"cause": "exit", "exit_code": 0}, {"cause": "signal", "signal": "SIGSEGV"}, {"signal": "SIGSEGV"}),
        ({"cause": "out-of-work", "exit_code": 0}, {}, {"reason": "out-of-work", "exit_code": 0}),
        ({}, {}, {}),
    ],
)
def test_what_the_kernel_says_weighs_more_than_what_the_process_meant(
    own: dict[str, Any], agent: dict[str, Any], known: dict[str, Any]
) -> None:
    """A listener may change the code after the probe has told it, and a crash may come after that."""
    assert ends([replace(TOLD, **own), replace(TOLD, at=100.1, **agent)]) == [End(100.0, "web-01", 42, **known)]


def test_a_child_that_only_its_primary_saw_end_is_named_by_its_own_id() -> None:
    (end,) = ends([replace(TOLD, instance_pid=40, pid=77, cause="signal", signal="SIGSEGV")])
    assert (end.pid, end.signal) == (77, "SIGSEGV")


def test_ends_that_lie_apart_are_several() -> None:
    assert len(ends([TOLD, replace(TOLD, at=100.0 + SAME_END)])) == 2
    assert len(ends([PRIMARY, replace(PRIMARY, at=PRIMARY.at + SAME_END)])) == 2


def test_ends_on_several_machines_are_several() -> None:
    assert len(ends([TOLD, replace(TOLD, host="web-02"), replace(PRIMARY, host="web-02", pid=43)])) == 3


def test_two_containers_in_which_the_process_has_the_same_id_are_two() -> None:
    first, second = replace(TOLD, instance_pid=1), replace(TOLD, instance_pid=1, instance_id=2, at=100.2)
    assert len(ends([first, second])) == 2


def test_an_end_of_a_primary_is_not_that_of_its_worker() -> None:
    own = replace(TOLD, instance_id=9, instance_pid=40, at=100.6)
    assert sorted((end.pid, end.exit_code) for end in ends([OWN, PRIMARY, own])) == [(40, None), (42, 1)]


def test_other_events_are_no_ends() -> None:
    assert ends([replace(TOLD, name=STARTED.name)]) == []
