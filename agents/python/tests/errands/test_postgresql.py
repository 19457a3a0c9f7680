from __future__ import annotations

import builtins

import pytest

from advisor_agent import postgresql_views as views
from advisor_agent.errand import Answer, ErrandError
from advisor_agent.errands import postgresql
from fakes.datastores import SHOP, Driver, FakeConnection, skipped

HIDDEN = ("postgresql.backends", "postgresql.wal.delay", "advisor.postgresql.statement.calls")


def told(connection):
    answers = list(postgresql.Conversation(Driver, connection, SHOP, pause=skipped).told())
    figures = {
        (one.sample.metric.name, *(value for _, value in one.sample.attributes[4:])): one.sample.value
        for one in answers
        if isinstance(one, Answer)
    }
    return figures, [str(one) for one in answers if isinstance(one, ErrandError)]


def test_a_role_that_does_not_see_all_is_told_what_to_run():
    found, errors = told(FakeConnection(10, sees_all=False))
    assert errors == [
        "PostgreSQL shop at 127.0.0.1:5432 hides sessions, replicas and statements from this role;"
        " run there, as a superuser: GRANT pg_monitor TO advisor"
    ]
    assert found["postgresql.commits",] == 1400
    assert {name for name, *_ in found} & set(HIDDEN) == set()


def test_a_question_that_fails_takes_only_its_own_answer_away():
    connection = FakeConnection(10, fails={views.SIZE: Driver.Error("permission denied for secret")})
    found, errors = told(connection)
    assert errors == [
        "PostgreSQL shop at 127.0.0.1:5432 does not tell its size: permission denied for ***. The rest goes on."
    ]
    assert ("postgresql.db_size",) not in found
    assert found["postgresql.commits",] == 1400
    assert found["advisor.postgresql.statement.calls", "SELECT * FROM carts WHERE id = $1"] == 1000


def test_a_connection_that_is_lost_ends_it():
    connection = FakeConnection(10, fails={views.SIZE: Driver.Error("it is gone")})
    connection.closed = True
    with pytest.raises(Driver.Error):
        told(connection)


def test_a_primary_is_not_asked_how_far_it_is_behind():
    connection = FakeConnection(10)
    connection._answers[views.FACTS] = [(100, 3, False, True, "advisor")]
    found, _ = told(connection)
    assert views.LAG not in connection.asked
    assert ("advisor.postgresql.replication.lag",) not in found


def test_what_is_not_known_is_left_out():
    connection = FakeConnection(10)
    connection._answers[views.LAG] = [(None,)]
    connection._answers[views.REPLICAS] = [("10.0.0.8", 4096, None)]
    connection._answers[views.STATEMENTS_OF] = []
    found, errors = told(connection)
    assert errors == []
    assert {"advisor.postgresql.replication.lag", *HIDDEN[1:]} & {name for name, *_ in found} == set()
    assert found["postgresql.replication.data_delay", "10.0.0.8"] == 4096


def test_the_few_statements_that_took_most():
    rows = [
        (f"SELECT {letter} FROM t", 1, seconds)
        for letter, seconds in zip("abcdefg", (1.0, 7.0, 2.0, 6.0, 3.0, 5.0, 4.0))
    ]
    assert list(postgresql.dearest(rows)) == [f"SELECT {letter} FROM t" for letter in "bdfge"]


def test_statements_that_look_alike_once_cut_are_one():
    rows = [("SELECT 1", 2, 0.5), ("SELECT 2", 3, 0.25), ("VACUUM", 1, 9.0)]
    assert postgresql.dearest(rows) == {"SELECT ?": (5, 0.75)}


def test_without_its_driver_it_is_one_sentence(monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name == "psycopg":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ErrandError, match=r"run: pip install 'scaling-advisor-agent\[postgresql\]'"):
        postgresql.ask("postgresql://advisor:p@db/shop")
