"""Data in pieces: a real PostgreSQL cuts a table that has rows, and a real Node.js finds each key's rows and server."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from advisor.diagnosis.recipes import partitions
from advisor.diagnosis.recipes.partitions import SLOTS, pieces_for
from tests.strategies.tools.node import PATIENCE, program
from tests.strategies.tools.npm import PG, with_packages
from tests.strategies.tools.postgresql import Server, serving

KEY = "tenant_id"
NAMED, PIECES, SWAP = partitions.partitions(KEY, 2)
TABLE = """CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, note text DEFAULT 'new');
INSERT INTO orders SELECT n, n % 100, 'old' FROM generate_series(1, 4000) n;
"""
STATEMENTS = """CREATE TABLE pg_stat_statements (calls bigint, query text);
INSERT INTO pg_stat_statements VALUES (90, 'SELECT * FROM orders WHERE tenant_id = $1'),
  (10, 'SELECT * FROM orders WHERE other_tenant_id = $1'), (500, 'BEGIN');
"""
PLACE = """import { pool, slot } from "./shards.mjs";
const keys = Array.from({ length: 3000 }, (_, key) => key);
const host = (key) => new URL(pool(key).options.connectionString).hostname;
console.log(JSON.stringify([keys.map(host), keys.map(slot), slot("7") === slot(7)]));
"""
READ = """import { ordersOf } from "./orders.mjs";
import { close, everywhere } from "./shards.mjs";
const mine = await ordersOf(7);
const all = await everywhere("SELECT count(*)::int AS n FROM orders");
console.log(JSON.stringify([mine.length, [...new Set(mine.map((row) => row.tenant_id))], all.map((row) => row.n)]));
await close();
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One whose table was cut by the steps that are shown."""
    with serving(tmp_path_factory.mktemp("store")) as running:
        running.psql(TABLE)
        running.psql(PIECES.code)
        running.psql(SWAP.code)
        yield running


def said(folder: Path, servers: int, script: str, **urls: str) -> Any:
    routes, use, _ = partitions.shards(KEY, servers)
    with_packages(folder, PG)
    for step in (routes, use):
        (folder / step.file).write_text(step.code)
    (folder / "show.mjs").write_text(script)
    run = subprocess.run([program(), "show.mjs"], cwd=folder, env=urls, capture_output=True, text=True,
                         timeout=PATIENCE, check=True)  # fmt: skip
    return json.loads(run.stdout)


def placed(folder: Path, servers: int) -> Any:
    urls = {f"SHARD_{number}_URL": f"postgresql://shop@db-{number}/shop" for number in range(servers)}
    return said(folder, servers, PLACE, **urls)


def test_the_rows_are_spread_over_the_pieces_and_none_is_lost(server: Server) -> None:
    assert "4000" in server.psql("SELECT count(*) FROM orders WHERE note = 'old'")
    sizes = server.psql("SELECT tableoid::regclass, count(*) FROM orders GROUP BY 1")
    assert sizes.count("orders_") == pieces_for(2) == 16
    server.psql("INSERT INTO orders (id, tenant_id, slot) VALUES (9999, 101, slot_of('101'))")
    assert "new" in server.psql("SELECT note FROM orders WHERE id = 9999")  # defaults are kept
    server.psql("DELETE FROM orders WHERE id = 9999")


def test_a_key_is_found_in_one_piece_and_nothing_else_is_read(server: Server) -> None:
    plan = server.psql("EXPLAIN SELECT * FROM orders WHERE slot = slot_of('7') AND tenant_id = 7")
    assert sum(f"orders_{number} " in plan for number in range(16)) == 1
    without = server.psql("EXPLAIN SELECT * FROM orders WHERE tenant_id = 7")
    assert sum(f"orders_{number} " in without for number in range(16)) == 16


def test_no_row_is_there_twice(server: Server) -> None:
    with pytest.raises(subprocess.CalledProcessError, match="exit status"):
        server.psql("INSERT INTO orders (id, tenant_id, slot) VALUES (7, 7, slot_of('7'))")


def test_the_service_and_the_database_find_the_same_slot(tmp_path: Path, server: Server) -> None:
    _, slots, same = placed(tmp_path, 2)
    told = server.psql("SELECT string_agg(slot_of(n::text)::text, ',' ORDER BY n) FROM generate_series(0, 2999) n")
    assert ",".join(map(str, slots)) in told
    assert same


@pytest.mark.parametrize("servers", [2, 3, 5])
def test_servers_share_keys_evenly(servers: int, tmp_path: Path) -> None:
    hosts, _, _ = placed(tmp_path, servers)
    shares = Counter(hosts)
    assert set(shares) == {f"db-{number}" for number in range(servers)}
    assert max(shares.values()) < 1.2 * 3000 / servers


@pytest.mark.parametrize("servers", [2, 3, 5])
def test_no_server_ends_within_a_piece(servers: int) -> None:
    routes = partitions.shards(KEY, servers)[0].code
    ends = [int(line.split("below: ")[1].split(",")[0]) for line in routes.splitlines() if "below: " in line]
    assert ends == sorted(set(ends))
    assert ends[-1] == SLOTS
    assert all(end % (SLOTS // pieces_for(servers)) == 0 for end in ends)


def test_a_real_service_reads_its_rows(tmp_path: Path, server: Server) -> None:
    urls = {"SHARD_0_URL": server.url, "SHARD_1_URL": server.url}
    assert said(tmp_path, 2, READ, **urls) == [40, ["7"], [4000, 4000]]


def test_the_share_of_calls_that_name_the_key_is_counted(server: Server) -> None:
    """With a table in place of the view, which this server has no library for."""
    server.psql(STATEMENTS)
    share, without = server.psql(NAMED.code).split("percent_of_calls")[1].split("statement")
    assert " 90\n" in share
    assert "other_tenant_id" in without
    assert "BEGIN" not in without
