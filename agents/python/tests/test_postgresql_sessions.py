from __future__ import annotations

from collections.abc import Callable

import pytest

from advisor_agent import postgresql_sessions, postgresql_views
from advisor_agent.postgresql_sessions import LOOKS, sessions
from fakes.datastores import FakeConnection, skipped

IDLE = (True, "idle", "", "", 4, 0.0)
COMMITS = (True, "active", "IO", "write", 4, 0.0)


def told(looks: Callable[[int], list[tuple[object, ...]]]) -> dict[tuple[str, ...], float]:
    """What is told where the n-th look finds these rows; a look is only new after the snapshot was cleared."""
    number = 0

    def ask(question: str) -> list[tuple[object, ...]]:
        nonlocal number
        number += question == postgresql_views.AGAIN
        return looks(number)

    return {(one.metric.name, *(value for _, value in one.attributes)): one.value for one in sessions(ask, skipped)}


def answers(question: str) -> list[tuple[object, ...]]:
    return FakeConnection(10).execute(question.encode()).fetchall()


def test_sessions_of_this_database_by_state_and_by_what_they_wait_for():
    found = {(one.metric.name, *(v for _, v in one.attributes)): one.value for one in sessions(answers, skipped)}
    assert found["advisor.postgresql.connection.count",] == 43
    assert found["advisor.postgresql.transaction.age",] == 12.5
    assert [found["postgresql.backends", state] for state in postgresql_sessions.STATES] == [11, 29, 1]
    waiting = {wait: found["advisor.postgresql.backend.waiting", wait] for wait in postgresql_sessions.WAITS}
    assert waiting == {"Lock": 3, "IO": 3, "LWLock": 2, "BufferPin": 0, "IPC": 1}
    access = {name: found["advisor.postgresql.backend.io_waiting", name] for name in postgresql_sessions.ACCESSES}
    assert access == {"read": 3, "write": 3}


def test_sessions_that_commit_together_are_told_by_their_mean():
    """One look would find four sessions that wait, or none."""
    found = told(lambda number: [COMMITS] if number % 2 else [IDLE])
    assert found["postgresql.backends", "active"] == 2
    assert found["advisor.postgresql.backend.io_waiting", "write"] == 2
    assert found["advisor.postgresql.connection.count",] == 4


@pytest.mark.parametrize("missing", [[], [(False, "active", "Lock", "", 2, 900.0)]])
def test_a_database_without_sessions_tells_none(missing: list[tuple[object, ...]]):
    found = told(lambda number: missing)
    assert found["postgresql.backends", "active"] == 0
    assert found["advisor.postgresql.transaction.age",] == 0


def test_a_second_passes_between_the_first_look_and_the_last():
    pauses: list[float] = []
    list(sessions(answers, pauses.append))
    assert len(pauses) == LOOKS - 1
    assert 0.5 < sum(pauses) < 1.5
