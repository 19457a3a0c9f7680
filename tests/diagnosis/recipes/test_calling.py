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

_BREAK = """import { guarded } from "./breaker.mjs";

let now = 0, calls = 0, works = false;
Date.now = () => now;
const ask = guarded(async () => { calls += 1; if (!works) throw new Error("down"); return "ok"; });
const said = async (times) => {
  const told = await Promise.all(Array.from({ length: times }, () => ask().catch((error) => error.message)));
  return [...new Set(told)].join();
};
const seen = [];
const look = async (times) => { seen.push([await said(times), calls].join(" ")); };
await look(1); await look(1); await look(1); await look(1);
works = true; await look(1); works = false; // a success: counted anew
for (let n = 0; n < 5; n += 1) await look(1);
await look(3);
now += 10_000; await look(3); // one tries, and fails
now += 10_000; works = true; await look(1); await look(3);
console.log(seen.slice(4).join("; "));
"""
_ASK = """import http from "node:http";
import { ask } from "./ask.mjs";

let calls = 0, limit, late;
AbortSignal.timeout = (given) => {
  const controller = new AbortController();
  limit = given;
  late = () => controller.abort(new DOMException("late", "TimeoutError"));
  return controller.signal;
};
const server = http.createServer((request, response) => {
  calls += 1;
  if (request.url === "/never") return late();
  response.statusCode = Number(request.url.slice(1));
  response.end("told");
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const place = `http://127.0.0.1:${server.address().port}`;
const said = ({ status, text }) => `${status} ${text}`;
const told = [];
for (const path of ["/200", "/503", "/404", "/never", "/500", "/500", "/500", "/500", "/200"]) {
  told.push(await ask(place + path).then(said, (error) => error.name));
}
console.log(told.join(), limit, calls);
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


def test_what_failed_five_times_in_a_row_is_left_alone_and_then_tried_by_one(tmp_path: Path) -> None:
    breaker, _ = calling.guarded(500)
    refused = "Not called: it failed"
    assert run(tmp_path, breaker=breaker.code, use=_BREAK).split("; ") == [
        "ok 5", "down 6", "down 7", "down 8", "down 9", "down 10", f"{refused} 5 times in a row 10",
        f"down,{refused} 5 times in a row 11", "ok 12", "ok 15",
    ]  # fmt: skip


def test_late_answers_and_those_of_a_broken_server_are_failures(tmp_path: Path) -> None:
    breaker, ask = (step.code for step in calling.guarded(1800))
    failed = ["TimeoutError", *["Error"] * 4, "Error"]  # the last was refused: the server got eight calls
    told = ",".join(["200 told", "Error", "404 told", *failed])
    assert run(tmp_path, breaker=breaker, ask=ask, use=_ASK) == f"{told} 1800 8"
