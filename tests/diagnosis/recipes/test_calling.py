"""Calls: a real Node.js keeps connections, never more than it may, and gives up in time."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from advisor.diagnosis.recipes import calling
from tests.strategies.tools.node import PATIENCE, program

_USE = """import http from "node:http";
import { agent, get } from "./agent.mjs";

const sockets = new Set();
const server = http.createServer((request, response) => {
  sockets.add(request.socket);
  if (request.url !== "/never") setTimeout(() => response.end("ok"), 5);
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const url = `http://127.0.0.1:${server.address().port}`;
const read = async () => { for await (const _ of await get(`${url}/`)); };
await Promise.all(Array.from({ length: 12 }, read));
await read();
const late = await get(`${url}/never`).catch((error) => error.name);
console.log(sockets.size, late);
agent.destroy();
server.closeAllConnections();
server.close();
"""


def run(folder: Path, **files: str) -> str:
    for name, code in files.items():
        (folder / f"{name}.mjs").write_text(code)
    done = subprocess.run([program(), "use.mjs"], cwd=folder, capture_output=True, text=True, timeout=PATIENCE,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("sockets", [1, 3])
def test_it_keeps_so_many_connections_and_a_limit_of_time(sockets: int, tmp_path: Path) -> None:
    [step] = calling.agent(sockets, 500)
    assert run(tmp_path, agent=step.code, use=_USE) == f"{sockets} AbortError"


def test_calls_in_a_loop_become_one_only_where_it_is_sql(tmp_path: Path) -> None:
    assert ["ANY($1)" in step.code for step in calling.fewer("postgresql")] == [True, False]
    assert ["ANY($1)" in step.code for step in calling.fewer("http")] == [False]


def test_node_runs_the_calls_side_by_side(tmp_path: Path) -> None:
    once, together = (step.code for step in calling.fewer("postgresql"))
    stubs = """const id = 1, ids = [1, 2], seen = [];
const readOrder = async () => { seen.push("order"); await null; seen.push("answered"); };
const readStock = async () => { seen.push("stock"); };
const pool = { query: async (text, values) => ({ rows: values[0] }) };
"""
    assert (
        run(tmp_path, use=f"{stubs}{once}{together}console.log(seen.join(), rows.length);") == "order,stock,answered 2"
    )
