from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from advisor.store import timeouts

pytestmark = pytest.mark.django_db(transaction=True)

ASKED: dict[str, dict[str, tuple[object, object]]] = {
    "sqlite": {"PRAGMA busy_timeout": (1500, 20_000)},
    "postgresql": {"SHOW statement_timeout": ("5s", "20s"), "SHOW lock_timeout": ("1500ms", "5s")},
}
"""Question -> answers of a thread that is to give up soon, and of any other."""


def answer(question: str) -> object:
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def test_only_the_thread_that_asks_for_it_gives_up_sooner() -> None:
    with ThreadPoolExecutor(1, initializer=timeouts.shorten) as soon, ThreadPoolExecutor(1) as other:
        for question, (shortened, usual) in ASKED[connection.vendor].items():
            assert soon.submit(answer, question).result() == shortened
            assert other.submit(answer, question).result() == usual


def test_what_the_settings_promise_beside_time_stays() -> None:
    """Acknowledged means on disk, for this connection too."""
    question, wanted = {
        "sqlite": ("PRAGMA synchronous", 2),
        "postgresql": ("SHOW synchronous_commit", "on"),
    }[connection.vendor]
    with ThreadPoolExecutor(1, initializer=timeouts.shorten) as soon:
        assert soon.submit(answer, question).result() == wanted
