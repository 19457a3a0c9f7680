from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from advisor.features.window import HostWindow, PartWindow
from advisor.pages.datastores import DatastoreRow, datastore_rows
from advisor.vocabulary import PartKind
from tests.pages.test_fleet import words
from tests.pages.windows import part, track

SHOP, CACHE = "postgresql 127.0.0.1 5432 shop", "valkey 127.0.0.1 6379"
Columns = dict[str, list[float]]
WELL: Columns = {"answered": [1], "used": [38], "capacity": [100], "reserved": [3], "count": [400]}
WELL |= {"hits": [992], "misses": [8]}
KEPT: Columns = {"answered": [1], "used": [12], "capacity": [10_000], "memory": [99e6], "keys": [2007]}
KEPT |= {"hits": [90], "misses": [10]}


def machine(*parts: PartWindow) -> HostWindow:
    return HostWindow(1, "web-01", track(cpu_user=[1.0]), parts)


def row(name: str, **columns: list[float]) -> DatastoreRow:
    (found,) = datastore_rows(machine(part(PartKind.DATASTORE, name, **columns)))
    return found


def test_a_database_that_is_well() -> None:
    found = row(SHOP, **WELL, size=[2.1e9], pending=[0], oldest=[3], errors=[0], spilled=[0])
    assert (found.name, found.kind, found.state) == ("shop", "PostgreSQL, 127.0.0.1:5432", ("ok", "Answers"))
    assert found.said == ("38 of 97 connections", "Cache answers 99.2% of block reads")
    assert (found.rate, found.hits, found.size) == (40, 0.992, 2.1e9)


def test_what_sessions_wait_for_stands_beside_their_number() -> None:
    found = row(SHOP, **WELL, pending=[3], pending_disk=[1], in_transaction=[2], oldest=[780])
    assert found.state == ("watch", "Waits")
    assert found.said[0] == "38 of 97 connections, 3 wait for a lock, 1 waits for a disk, 2 idle in a transaction"
    assert "A transaction has been open for 13 m" in found.said


def test_one_that_did_not_answer_says_nothing_old() -> None:
    found = row(SHOP, answered=[1, 0], used=[38, float("nan")], count=[400, float("nan")])
    assert found.state == ("act", "No answer")
    assert found.said == ("It did not answer the agent, whose log says why",)


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        (WELL | {"used": [88]}, "Nearly full"),  # of 97 that others than superusers may have
        (WELL | {"errors": [2]}, "Fails"),
        (KEPT | {"evicted": [5]}, "Gives up keys"),
        (KEPT | {"memory_limit": [105e6]}, "Nearly full"),
    ],
)
def test_what_needs_a_look(columns: Columns, word: str) -> None:
    assert row(SHOP if "reserved" in columns else CACHE, **columns).state == ("watch", word)


@pytest.mark.parametrize("columns", [WELL | {"used": [87]}, KEPT | {"memory_limit": [200e6]}, KEPT | {"pending": [4]}])
def test_what_needs_none(columns: Columns) -> None:
    """Clients in a blocking call wait because they want to: a queue is read so."""
    assert row(SHOP if "reserved" in columns else CACHE, **columns).state == ("ok", "Answers")


def test_a_cache_in_words() -> None:
    found = row(CACHE, **KEPT, memory_limit=[268e6], pending=[1], evicted=[5], errors=[1], lag=[2])
    assert (found.name, found.kind) == ("127.0.0.1:6379", "Valkey")
    assert found.said == (
        "12 of 10,000 clients, 1 is in a blocking call",
        "1 client refused and 5 keys given up for lack of memory in the last minute",
        "99 MB of 268 MB memory",
        "Cache answers 90% of look-ups",
        "2.0 s behind its primary",
        "2,007 keys",
    )
    assert found.size == 99e6


def test_a_socket_is_its_own_name() -> None:
    assert row("redis /run/redis.sock", **KEPT).name == "/run/redis.sock"
    assert row("postgresql /run/postgresql 5432 my shop", **WELL).name == "my shop"


def test_statements_and_replicas_belong_to_the_database_that_they_are_named_after() -> None:
    (shop, shop2) = datastore_rows(
        machine(
            part(PartKind.DATASTORE, SHOP, **WELL),
            part(PartKind.DATASTORE, f"{SHOP}2", **WELL),
            part(PartKind.STATEMENT, f"{SHOP} SELECT a FROM b", count=[100], duration=[2]),
            part(PartKind.STATEMENT, f"{SHOP} UPDATE b SET a = $1", count=[1], duration=[5]),
            part(PartKind.STATEMENT, f"{SHOP} DELETE FROM b", count=[0], duration=[0]),
            part(PartKind.REPLICA, f"{SHOP} 10.0.0.8 second", lag=[0.02], pending=[4096]),
            part(PartKind.REPLICA, f"{SHOP} 10.0.0.9", pending=[0]),
        )
    )
    assert [(one.text, one.rate, one.each, one.share) for one in shop.statements] == [
        ("UPDATE b SET a = $1", 0.1, 5, 0.5),
        ("SELECT a FROM b", 10, 0.02, 0.2),
        ("DELETE FROM b", 0, None, 0),
    ]
    assert shop.said[-2:] == ("Replica 10.0.0.8 second is 4.1 kB and 20 ms behind", "Replica 10.0.0.9 is 0 B behind")
    assert (shop2.statements, shop2.said) == ((), shop.said[:2])


def test_those_that_need_a_look_come_first() -> None:
    parts = [("postgresql db 5432 a", 1), ("postgresql db 5432 b", 0), ("redis db 6379", 1)]
    found = datastore_rows(machine(*(part(PartKind.DATASTORE, name, answered=[said]) for name, said in parts)))
    assert [one.name for one in found] == ["b", "a", "db:6379"]
    assert found[1].said == ()


def test_a_host_without_any_has_no_rows() -> None:
    assert datastore_rows(machine(part(PartKind.DISK, "sda", busy=[1]))) == []


def test_the_table_says_the_state_then_what_is_so() -> None:
    host = machine(
        part(PartKind.DATASTORE, SHOP, **WELL, size=[2.1e9]),
        part(PartKind.STATEMENT, f"{SHOP} SELECT '<b>' FROM b", count=[100], duration=[2]),
    )
    html = render_to_string("parts/host_datastores.html", {"host": host, "datastores": datastore_rows(host)})
    text = words(html.encode())
    assert "shop PostgreSQL, 127.0.0.1:5432 Answers 38 of 97 connections. Cache answers 99.2%" in text
    assert "of block reads. 40 2.1 GB" in text
    assert "What shop spends its time on" in text
    assert "<b>" not in html
