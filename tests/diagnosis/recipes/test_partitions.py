"""Data in pieces: a real PostgreSQL makes the partitions, and a real Node.js finds each key's server."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.diagnosis.recipes import partitions
from tests.strategies.tools.node import PATIENCE, program
from tests.strategies.tools.npm import PG, with_packages
from tests.strategies.tools.postgresql import Server, serving

SHOW = """import { pool, slot } from "./shards.mjs";
const hosts = Array.from({ length: 3000 }, (_, tenant) => new URL(pool(tenant).options.connectionString).hostname);
console.log(JSON.stringify([hosts, pool(7) === pool("7"), slot(7)]));
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("store")) as running:
        yield running


def test_rows_spread_over_the_pieces_and_a_key_is_found_in_one(server: Server) -> None:
    table, _ = partitions.partitions(4)
    server.psql(table.code)
    server.psql("INSERT INTO orders_apart (tenant_id, id) SELECT n % 100, n FROM generate_series(1, 4000) n")
    sizes = server.psql("SELECT tableoid::regclass, count(*) FROM orders_apart GROUP BY 1")
    assert sizes.count("orders_") == 4
    plan = server.psql("EXPLAIN SELECT * FROM orders_apart WHERE tenant_id = 7")
    assert sum(f"orders_{number} " in plan for number in range(4)) == 1


def test_statements_without_the_key_are_looked_for_where_statements_are_told(server: Server) -> None:
    _, without = partitions.partitions(4)
    with pytest.raises(subprocess.CalledProcessError) as refusal:
        server.psql(without.code)
    assert "pg_stat_statements" in refusal.value.stderr  # not loaded in this server; everything else was understood


def test_each_key_has_its_server_and_they_share_evenly(tmp_path: Path) -> None:
    routes = partitions.shards(3)[0]
    with_packages(tmp_path, PG)
    (tmp_path / "shards.mjs").write_text(routes.code)
    (tmp_path / "show.mjs").write_text(SHOW)
    urls = {f"SHARD_{number}_URL": f"postgresql://shop@db-{number}/shop" for number in range(3)}
    run = subprocess.run([program(), "show.mjs"], cwd=tmp_path, env=urls, capture_output=True, text=True,
                         timeout=PATIENCE, check=True)  # fmt: skip
    hosts, same, slot = json.loads(run.stdout)
    shares = Counter(hosts)
    assert set(shares) == {"db-0", "db-1", "db-2"}
    assert min(shares.values()) > 900
    assert same
    assert 0 <= slot < 1024
