"""Plain WebSockets: a real client of the package ws returns by itself, and sends over what is open."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from advisor.diagnosis.recipes.websockets import steps
from tests.strategies.tools.node import PATIENCE, program
from tests.strategies.tools.npm import with_packages
from tests.strategies.tools.realtime import PACKAGES


def reconnect(folder: Path, script: str) -> list[str]:
    """The words of a script that uses what plain clients get."""
    step = next(step for step in steps(4_000) if step.code)
    (folder / "reconnect.mjs").write_text(step.code)
    (folder / "run.mjs").write_text(script)
    command = [program(), "run.mjs"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_plain_clients_return_at_random_moments(tmp_path: Path) -> None:
    told = reconnect(
        tmp_path,
        "const waits = [], made = [];\nglobalThis.WebSocket = class { constructor() { made.push(this); } };\n"
        "globalThis.setTimeout = (next, ms) => waits.push([next, ms]);\n"
        'const { connect } = await import("./reconnect.mjs");\n'
        "for (let i = 0; i < 200; i += 1) { connect('ws://x'); made.at(-1).onclose(); }\n"
        "const first = waits.map(([, ms]) => ms);\nwaits[0][0]();\nmade.at(-1).onclose();\n"
        "console.log(Math.max(...first) <= 40000, Math.max(...first) - Math.min(...first) > 30000, made.length);\n",
    )
    assert told == ["true", "true", "201"]


REAL = """import { once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";
const made = [];
globalThis.WebSocket = class extends WebSocket { constructor(url) { super(url); made.push(this); } };
Math.random = () => 0;
const { connect } = await import("./reconnect.mjs");
const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
await once(server, "listening");
const heard = [];
const next = async () => {
  const [client] = await once(server, "connection");
  client.on("message", (words) => heard.push(String(words)));
  return client;
};
const until = async (count) => { while (heard.length < count) await new Promise(setImmediate); };
"""
USED = """
const mine = connect(`ws://127.0.0.1:${server.address().port}`, () => {});
mine.send("before");
const first = await next();
await until(1);
mine.send("open");
await until(2);
const gone = once(made[0], "close"), again = next();
first.terminate();
await gone;
mine.send("meanwhile");
await again;
await until(3);
console.log(heard.join(" "), made.length);
process.exit();
"""
CLOSED = """
const mine = connect(`ws://127.0.0.1:${server.address().port}`, () => {});
const first = await next();
const left = once(first, "close");
mine.close();
await left;
let returned = 0;
server.on("connection", () => { returned += 1; });
await new Promise((resolve) => setTimeout(resolve, 300));
try {
  mine.send("late");
} catch (error) {
  console.log(returned, error.message);
}
process.exit();
"""
REFUSED = """
connect("ws://127.0.0.1:1", () => {});
while (made.length < 4) await new Promise(setImmediate);
console.log("tries on");
process.exit();
"""
FULL = """
const mine = connect("ws://127.0.0.1:1", () => {});
let sent = 0;
try {
  for (;; sent += 1) mine.send("words");
} catch (error) {
  console.log(sent, error.message);
}
process.exit();
"""


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (USED, "before open meanwhile 2"),
        (CLOSED, "0 The connection was closed."),
        (REFUSED, "tries on"),
        (FULL, "100 100 messages wait for a connection already."),
    ],
)
def test_plain_clients_send_over_the_connection_of_the_moment(script: str, told: str, tmp_path: Path) -> None:
    """A real WebSocket of the package ws: what is sent while it is away arrives later, and a wanted end is the last."""
    folder = with_packages(tmp_path, PACKAGES)
    assert " ".join(reconnect(folder, REAL + script)) == told
