"""Statements: their time, their calls for one request, and which text may go into a script."""

from __future__ import annotations

import pytest

from advisor.features import Snapshot
from advisor.features.statements import CUT, Statement, statements
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.builders import Load, snapshot

STORE = "postgresql 10.0.0.5 5432 shop"
POOL = "postgresql db.internal:5432/shop"
LOOK_UP = "SELECT * FROM items WHERE order_id = $1"


def seen(time_scale: float = 1.0, **texts: float) -> Snapshot:
    """A database at which each statement takes so many seconds of every ten, at 2,000 calls in ten seconds."""
    told = with_part(snapshot(Load(rps=40, noise=0.0), time_scale=time_scale), PartKind.DATASTORE, STORE, active=1.0)
    interval = told.machines[0].track.spans[0] / 10
    for text, time in texts.items():
        columns = {"count": 2000.0 * interval, "duration": time * interval}
        told = with_part(told, PartKind.STATEMENT, f"{STORE} {text}", **columns)
    return told


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_the_one_that_takes_most_time_comes_first(time_scale: float) -> None:
    first, second = statements(seen(time_scale, **{"SELECT 1": 1.0, LOOK_UP: 3.0}), POOL, 300.0)
    assert (first.text, second.text) == (LOOK_UP, "SELECT 1")
    assert first.store == STORE
    assert first.share == pytest.approx(0.75)
    assert first.mean == pytest.approx(0.0015)
    assert first.calls == pytest.approx(5.0, rel=0.1)


@pytest.mark.parametrize(
    "place", ["postgresql db.internal:6432/shop", "mysql db.internal:5432/shop", "http 10.0.0.5:80"]
)
def test_those_of_another_server_are_left_out(place: str) -> None:
    assert statements(seen(**{LOOK_UP: 1.0}), place, 300.0) == ()


def test_a_statement_of_a_datastore_that_is_not_told_of_is_left_out() -> None:
    alone = with_part(snapshot(Load()), PartKind.STATEMENT, f"{STORE} {LOOK_UP}", count=1.0, duration=1.0)
    assert statements(alone, POOL, 300.0) == ()


@pytest.mark.parametrize("count", [0.0, 5.0])
def test_one_that_takes_no_time_is_left_out(count: float) -> None:
    idle = with_part(seen(), PartKind.STATEMENT, f"{STORE} {LOOK_UP}", count=count, duration=0.0)
    assert statements(idle, POOL, 300.0) == ()


def test_two_agents_that_tell_of_the_same_server_do_not_add_up() -> None:
    told = with_part(snapshot(Load(rps=40), hosts=2), PartKind.DATASTORE, STORE, active=1.0)
    told = with_part(told, PartKind.STATEMENT, f"{STORE} {LOOK_UP}", count=2000.0, duration=10.0)
    [only] = statements(told, POOL, 300.0)
    assert only.calls == pytest.approx(200 / told.rps(300.0))


@pytest.mark.parametrize(("text", "whole"), [
    (LOOK_UP, True),
    ("UPDATE items SET n = n + $2 WHERE id = $1::int", True),
    ("SELECT ? FROM items", False),
    ("SELECT 1; DROP TABLE items", False),
    ("SELECT 1 \\! true", False),
    ("SELECT 1 -- and more", False),
    ("SELECT 1 /* and more", False),
    ("SELECT 1\nFROM items", False),
    ("TRUNCATE items", False),
    ("SELECT " + "a" * (CUT - 9), True),
    ("SELECT " + "a" * (CUT - 8), False),
    ("SELECT " + "a" * (CUT - 7), False),
])  # fmt: skip
def test_only_a_whole_and_harmless_text_goes_into_a_script(text: str, whole: bool) -> None:
    assert Statement(STORE, text, 1.0, 1.0, 1.0).is_whole is whole


@pytest.mark.parametrize(("text", "places"), [("SELECT 1", 0), (LOOK_UP, 1), ("SELECT $2, $10, $1", 10)])
def test_its_values_are_counted(text: str, places: int) -> None:
    assert Statement(STORE, text, 1.0, 1.0, 1.0).places == places
