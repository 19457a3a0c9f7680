"""Socket.IO over processes: real ones pass messages on, through NGINX, Valkey and a cluster."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path

from advisor.diagnosis.recipes import nginx
from advisor.diagnosis.recipes.nginx import Choice, Site
from advisor.diagnosis.recipes.socketio import delay, over_machines, over_workers
from tests.strategies.tools.nginx import free_port, serving
from tests.strategies.tools.node import PATIENCE, program, running
from tests.strategies.tools.npm import with_packages
from tests.strategies.tools.realtime import PACKAGES, valkey

SERVER = """import { createServer } from "node:http";
import { attach } from "./realtime.mjs";
import addHandlers from "./handlers.mjs";
const server = createServer();
addHandlers(await attach(server));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
"""
HANDLERS = """export default (io) => {
  io.on("connection", (socket) => {
    socket.join("room");
    socket.emit("welcome", process.pid);
    socket.on("say", (words) => io.to("room").emit("said", words));
  });
};
"""
CLIENTS = """import { connect } from "./client.mjs";
const options = { forceNew: true, reconnectionAttempts: 50, reconnectionDelay: 100, reconnectionDelayMax: 200 };
const urls = process.env.URLS.split(" ");
const once = (socket, name) => new Promise((resolve) => socket.once(name, resolve));
const sockets = [], served = [];
for (const url of urls) { // one after the other: who comes at once is sent to one worker before any is counted
  sockets.push(connect(url, { ...options, extraHeaders: { "X-Client": url } }));
  sockets.at(-1).io.on("error", (error) => error.message === "timeout" && console.log("left waiting"));
  served.push(await once(sockets.at(-1), "welcome"));
}
const heard = sockets.map((socket) => once(socket, "said"));
sockets[0].emit("say", "hello");
console.log((await Promise.all(heard)).join(" "), new Set(served).size);
process.exit();
"""


LOSS = """import { connect } from "./client.mjs";
const often = { reconnectionAttempts: 50, reconnectionDelay: 50, reconnectionDelayMax: 200 };
const options = { forceNew: true, timeout: 5000, ...often };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const served = [];
const seen = new Set();
for (let i = 0; seen.size < 3; i += 1) { // until the successor of the lost one has served somebody
  const socket = connect(process.env.URLS, options);
  socket.io.on("error", (error) => error.message === "timeout" && console.log("left waiting"));
  served.push(new Promise((resolve) => socket.once("welcome", resolve)));
  served.at(-1).then((pid) => seen.add(pid));
  if (i === 10) process.kill((await Promise.all(served))[0], "SIGKILL");
  await pause(25);
}
console.log(new Set(await Promise.all(served)).size);
process.exit();
"""

MOVED = """import { connect } from "./client.mjs";
const often = { reconnectionAttempts: 200, reconnectionDelay: 50, reconnectionDelayMax: 200 };
const moves = [];
for (let i = 0; i < 6; i += 1) {
  const socket = connect(process.env.URLS, { forceNew: true, timeout: 5000, ...often });
  const pid = await new Promise((resolve) => socket.once("welcome", resolve));
  moves.push(new Promise((resolve) => socket.once("disconnect", () => {
    const left = Date.now();
    socket.once("welcome", (next) => resolve({ pid, next, left }));
  })));
}
console.log("here");
console.log(JSON.stringify(await Promise.all(moves)));
process.exit();
"""


def written(folder: Path) -> Path:
    for step in (*over_machines(4_000), *over_workers(2, 4_000)):
        if step.file.endswith(".mjs"):
            (folder / step.file).write_text(step.code)
    (folder / "server.mjs").write_text(SERVER)
    (folder / "handlers.mjs").write_text(HANDLERS)
    (folder / "clients.mjs").write_text(CLIENTS)
    (folder / "loss.mjs").write_text(LOSS)
    (folder / "moved.mjs").write_text(MOVED)
    return with_packages(folder, PACKAGES)


def clients(folder: Path, *urls: str, script: str = "clients.mjs") -> str:
    """What every client heard of one, and how many processes served them."""
    done = subprocess.run([program(), script], cwd=folder, env={"PATH": "", "URLS": " ".join(urls)},
                          capture_output=True, text=True, timeout=PATIENCE, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_messages_reach_the_clients_of_all_machines_through_a_balancer(tmp_path: Path) -> None:
    """With the cookie of NGINX, polls of a client that has not upgraded yet reach its process."""
    folder = written(tmp_path)
    with ExitStack() as stack:
        url = stack.enter_context(valkey(folder))
        servers = [stack.enter_context(running(folder / "server.mjs", REDIS_URL=url)) for _ in range(2)]
        ports = [int(server.stdout.readline()) for server in servers if server.stdout]
        assert clients(folder, *(f"http://127.0.0.1:{port}" for port in ports)) == "hello hello 2"
        site = Site("chat", ("a:1", "b:1"), Choice.COOKIE, websockets=True)
        balancer = stack.enter_context(serving(nginx.configuration(site), ports, folder))
        assert clients(folder, *[f"http://127.0.0.1:{balancer}"] * 20) == f"{'hello ' * 20}2"


def test_messages_reach_the_clients_of_all_workers(tmp_path: Path) -> None:
    """Clients come from the first moment on, long before a worker serves: handlers that are slow to load."""
    folder, port = written(tmp_path), free_port()
    (folder / "handlers.mjs").write_text("await new Promise((done) => setTimeout(done, 500));\n" + HANDLERS)
    with running(folder / "realtime-cluster.mjs", PORT=str(port)):
        assert clients(folder, *[f"http://127.0.0.1:{port}"] * 6) == f"{'hello ' * 6}2"


def test_nobody_is_left_waiting_while_a_lost_worker_is_replaced(tmp_path: Path) -> None:
    folder, port = written(tmp_path), free_port()
    (folder / "handlers.mjs").write_text("await new Promise((done) => setTimeout(done, 500));\n" + HANDLERS)
    with running(folder / "realtime-cluster.mjs", PORT=str(port)):
        assert clients(folder, f"http://127.0.0.1:{port}", script="loss.mjs") == "3"


def test_workers_stop_one_after_the_other_and_their_clients_find_what_is_started_next(tmp_path: Path) -> None:
    """On SIGTERM to all of them, as systemd sends it: those of the second worker stay two seconds longer."""
    folder, port = written(tmp_path), free_port()
    with ExitStack() as stack:
        before = stack.enter_context(running(folder / "realtime-cluster.mjs", PORT=str(port)))
        moving = stack.enter_context(running(folder / "moved.mjs", URLS=f"http://127.0.0.1:{port}"))
        assert moving.stdout is not None
        assert moving.stdout.readline() == "here\n"
        workers = subprocess.run(["pgrep", "--parent", str(before.pid)], capture_output=True, text=True, check=True)
        for pid in (*map(int, workers.stdout.split()), before.pid):
            os.kill(pid, signal.SIGTERM)
        stack.enter_context(running(folder / "realtime-cluster.mjs", PORT=str(port)))
        moves = json.loads(moving.stdout.readline())
        assert before.wait(PATIENCE) == 0
    assert {move["pid"] for move in moves}.isdisjoint(move["next"] for move in moves)
    first, second = sorted({move["pid"]: move["left"] for move in moves}.values())
    assert 1_500 < second - first < 4_000


def test_handlers_that_fail_are_tried_less_and_less_often(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "handlers.mjs").write_text("process.exit(3);\n")
    with running(folder / "realtime-cluster.mjs", PORT=str(free_port())) as process:
        assert process.stderr is not None
        waits = [int(re.findall(r"ended \(3\), next try in (\d+) ms", process.stderr.readline())[0]) for _ in range(5)]
        assert waits == [0, 200, 400, 800, 1600]
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_the_more_clients_the_longer_their_return_takes() -> None:
    """200 a second: 4,000 need 20 seconds; few need no more than the usual second."""
    assert delay(4_000) == 20_000
    assert delay(10) == 1_000
    assert "reconnectionDelay: 20000," in next(s.code for s in over_machines(4_000) if s.file == "client.mjs")
