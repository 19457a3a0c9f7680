"""Batches: a real Node.js writes many rows with one statement, tells each caller how its row fared, and is bounded."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from advisor.diagnosis.recipes import batching, pooling
from tests.strategies.tools.node import PATIENCE, program
from tests.strategies.tools.npm import PG, with_packages
from tests.strategies.tools.postgresql import serving

QUEUE, USE, BEHIND = batching.batched()
MANY = """import { batched } from "./batch.mjs";
const sizes = [];
const queue = batched(async (rows) => { sizes.push(rows.length); if (rows.includes(700)) throw new Error("no"); });
const told = await Promise.allSettled(Array.from({ length: 1200 }, (_, n) => queue.add(n)));
await queue.add(1200);
await queue.flush();
console.log(JSON.stringify([sizes, told.map(({ status }, n) => status === "rejected" ? n : -1).filter((n) => n >= 0)]));
"""
STUCK = """import { batched } from "./batch.mjs";
let go;
const queue = batched(() => new Promise((done) => { go = done; }));
const told = Array.from({ length: 10_001 }, (_, n) => queue.add(n).catch((error) => error.message));
const refused = await told.at(-1);
const again = setInterval(() => go?.(), 1);
const written = (await Promise.all(told.slice(0, -1))).filter((said) => said === undefined).length;
clearInterval(again);
console.log(JSON.stringify([refused, written]));
"""
WRITE = """import { orders } from "./orders.mjs";
import { pool } from "./pool.mjs";
for (const tenant of [1, 2, 3]) orders.add({ tenant, note: `it's ${tenant}` });
await orders.flush();
const { rows } = await pool.query("SELECT tenant_id, note, xmin FROM orders ORDER BY 1");
console.log(JSON.stringify([rows.map((row) => row.note), new Set(rows.map((row) => row.xmin)).size]));
await pool.end();
"""


def said(folder: Path, script: str, **environ: str) -> Any:
    for name, code in {QUEUE.file: QUEUE.code, USE.file: USE.code, "show.mjs": script}.items():
        (folder / name).write_text(code)
    done = subprocess.run([program(), "show.mjs"], cwd=folder, env=environ, capture_output=True, text=True,
                          timeout=PATIENCE, check=True)  # fmt: skip
    return json.loads(done.stdout)


def test_rows_share_statements_and_a_failure_is_told_to_those_that_it_met(tmp_path: Path) -> None:
    sizes, failed = said(tmp_path, MANY)
    assert sizes == [500, 500, 200, 1]
    assert failed == list(range(500, 1000))


def test_a_datastore_that_stands_still_does_not_fill_the_memory(tmp_path: Path) -> None:
    assert said(tmp_path, STUCK) == ["10000 rows wait to be written", 10_000]


def test_a_real_postgresql_commits_them_together(tmp_path: Path) -> None:
    with_packages(tmp_path, PG)
    (tmp_path / "pool.mjs").write_text(pooling.larger("postgresql", 2).code)
    with serving(tmp_path) as server:
        server.psql("CREATE TABLE orders (tenant_id bigint, note text);")
        place = {"PGHOST": server.folder, "PGUSER": "postgres", "PGDATABASE": "postgres"}
        assert said(tmp_path, WRITE, **place) == [["it's 1", "it's 2", "it's 3"], 1]


def test_what_is_only_told_is_no_code() -> None:
    assert (BEHIND.code, "202" in BEHIND.text) == ("", True)
