"""The ladder between shorter statements and more servers: each rung only where a figure speaks for it."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import pytest

from advisor.diagnosis import Option
from advisor.features import Snapshot
from advisor.vocabulary import PartKind
from tests import rulings
from tests.additions import with_part, with_window
from tests.builders import Load, Machine, snapshot

READING, WRITING = "datastore-read-bound", "datastore-write-bound"
STORE = "postgresql 127.0.0.1 5432 shop"
KEYED, BARE = "INSERT INTO orders (tenant_id, id) VALUES ($1, $2)", "SELECT * FROM orders WHERE id = $1"
SPAN = 10.0  # seconds of a row

offered = partial(rulings.offered, "tune-datastore")


def stored(rows: float = 10.0, commits: float = 200.0, hosts: int = 1, **told: float) -> Snapshot:
    """A server that writes so many rows a second, on machines of 4 cores and 8 GB."""
    seen = snapshot(Load(), machine=Machine(cores=4, memory=8e9), hosts=hosts)
    figures = {"active": 5.0, "used": 30.0, "capacity": 103.0, "reserved": 3.0, "size": 4e9} | told
    return with_part(seen, PartKind.DATASTORE, STORE, rows_written=rows * SPAN, count=commits * SPAN, **figures)


def keyed(seen: Snapshot, share: float = 1.0) -> Snapshot:
    for text, part in ((KEYED, share), (BARE, 1 - share)):
        seen = with_part(seen, PartKind.STATEMENT, f"{STORE} {text}", count=1000 * part, duration=10 * part)
    return seen


def has(found: Option, words: str) -> bool:
    return any(words in step.text or words in step.code for step in found.steps)


@pytest.mark.parametrize("rule", [READING, WRITING])
def test_where_no_figure_speaks_for_a_rung_none_is_shown(rule: str) -> None:
    for seen in (stored(), stored(math.nan, math.nan, used=math.nan, size=math.nan), keyed(stored())):
        found = offered(rule, seen)
        assert not has(found, "default_pool_size")
        assert not has(found, "export function batched")
        assert not has(found, "PARTITION BY")


@pytest.mark.parametrize("rule", [READING, WRITING])
@pytest.mark.parametrize(("used", "is_shared"), [(59.0, False), (60.0, True)])
def test_many_sessions_share_as_many_connections_as_the_cores_can_use(used: float, is_shared: bool, rule: str) -> None:
    found = offered(rule, stored(used=used))
    assert has(found, "default_pool_size = 9\nmax_client_conn = 120") is is_shared
    assert has(found, "60 of the 100 connections that postgresql 127.0.0.1 5432 accepts are open") is is_shared


def test_a_pgbouncer_leads_where_the_pools_of_the_service_do() -> None:
    called = with_part(stored(used=80.0, hosts=2), PartKind.POOL, "postgresql db.internal:5432/shop", capacity=10.0)
    first, second = called.window.hosts
    found = offered(WRITING, with_window(called, hosts=(first, replace(second, parts=()))))
    assert has(found, "shop = host=db.internal port=5432 dbname=shop")
    assert has(found, "Run one for all 2 hosts")


@pytest.mark.parametrize(("pools", "route"), [
    (("10.0.0.6:5432/shop", "web-1:5432/shop"), "shop = host=web-1 port=5432 dbname=shop"),
    (("10.0.0.6:5432/shop", "primary:5432/shop"), "shop = host=primary port=5432 dbname=shop"),
    (("primary:5432/shop", "replica:5432/shop"), "* = host=127.0.0.1 port=5432"),
    (("10.0.0.6:5432/shop",), "* = host=127.0.0.1 port=5432"),
])  # fmt: skip
def test_it_never_leads_to_another_server_on_the_same_port(pools: tuple[str, ...], route: str) -> None:
    seen = with_part(stored(used=80.0), PartKind.DATASTORE, "postgresql 10.0.0.6 5432 shop", used=20.0, capacity=100.0)
    for pool in pools:
        seen = with_part(seen, PartKind.POOL, f"postgresql {pool}", capacity=10.0)
    found = offered(WRITING, seen)
    assert has(found, "80 of the 100 connections that postgresql 127.0.0.1 5432 accepts are open")
    assert has(found, f"[databases]\n{route}\n")


def test_without_its_cores_nobody_knows_how_many_connections_are_enough() -> None:
    away = with_part(with_window(stored(), hosts=()), PartKind.POOL, "postgresql db:5432/shop", capacity=10.0)
    elsewhere = with_window(away, hosts=snapshot(Load()).window.hosts)
    seen = with_part(elsewhere, PartKind.DATASTORE, "postgresql 10.0.0.5 5432 shop", used=90.0, capacity=100.0)
    assert not has(offered(WRITING, seen), "default_pool_size")


@pytest.mark.parametrize(("rows", "commits", "is_batched"), [
    (99.0, 200.0, False), (101.0, 200.0, True), (400.0, 199.0, False), (400.0, 201.0, True), (400.0, math.nan, False),
])  # fmt: skip
def test_many_small_writes_are_put_together(rows: float, commits: float, is_batched: bool) -> None:
    assert has(offered(WRITING, stored(rows, commits)), "export function batched") is is_batched
    assert not has(offered(READING, stored(rows, commits)), "export function batched")


@pytest.mark.parametrize(("rule", "rows", "size", "is_cut"), [
    (WRITING, 150.0, 4e9, True), (WRITING, 10.0, 9e9, True), (WRITING, 10.0, 4e9, False),
    (READING, 10.0, 9e9, True), (READING, 150.0, 4e9, False),
])  # fmt: skip
def test_tables_are_cut_where_writes_are_many_or_the_data_do_not_fit(
    rule: str, rows: float, size: float, is_cut: bool
) -> None:
    found = offered(rule, keyed(stored(rows, size=size)))
    assert has(found, "PARTITION BY RANGE (slot)") is is_cut
    assert has(found, "PRIMARY KEY (slot, tenant_id, id)") is is_cut
    assert has(found, "those will look into every piece") is is_cut
    assert not has(found, "SHARD_0_URL")


def test_without_a_key_they_are_cut_by_month() -> None:
    found = offered(WRITING, keyed(stored(150.0), 0.89))
    assert has(found, "150 rows are written a second, and the key that most calls name, tenant_id, is in 89% of them")
    assert has(found, "reads that do not name the column of time look into every piece")
    assert has(found, "PARTITION BY RANGE (created_at)")
    assert not has(found, "PARTITION BY RANGE (slot)")


@pytest.mark.parametrize("seen", [stored(150.0), keyed(stored(150.0), 0.0)], ids=["not told", "none names one"])
def test_where_no_statement_names_a_key_no_share_is_told(seen: Snapshot) -> None:
    found = offered(WRITING, seen)
    assert has(found, "150 rows are written a second, and 0 statements that name a key are told of.")
    assert has(found, "PARTITION BY RANGE (created_at)")


def test_months_do_not_help_what_reads() -> None:
    for seen in (stored(size=9e9), keyed(stored(size=9e9), 0.89)):
        assert not has(offered(READING, seen), "PARTITION BY")
        assert not has(offered(READING, seen), "in pieces")


def test_no_piece_is_promised_to_be_smaller_than_it_is() -> None:
    by_key, by_month = offered(WRITING, keyed(stored(150.0))), offered(WRITING, stored(150.0))
    assert has(by_key, "Each piece has smaller indexes")
    assert not has(by_key, "the rows of today stay in one piece")
    assert has(by_month, "the rows of today stay in one piece")
    assert not has(by_month, "Each piece has smaller indexes")


def test_the_cheapest_comes_first() -> None:
    texts = [step.text for step in offered(WRITING, keyed(stored(150.0, used=80.0))).steps]
    order = ["Who waits for whose lock", "connections that", "It writes 150 rows", "keep the largest table in pieces"]
    places = [next(place for place, text in enumerate(texts) if words in text) for words in order]
    assert places == sorted(places)
