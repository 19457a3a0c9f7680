"""Open sockets over several processes: messages reach all, clients return to theirs, and not all at once."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step

MACHINES: Final = "Socket.IO over machines"
WORKERS: Final = "Socket.IO over workers"

HANDSHAKES: Final = 200.0
"""New connections a second that a process takes beside its work: at 2 ms each, TLS included, 40% of its loop."""

SHORTEST: Final = 1.0
"""Seconds before a client that lost its connection tries again: Socket.IO's own default."""

STOPPING: Final = 4
"""Seconds over which the workers stop: twice that is within the 10 that Docker gives before it kills."""


def delay(sockets: float) -> int:
    """Milliseconds over which the clients of a lost process return, so that the others take them up."""
    return round(1000 * max(SHORTEST, sockets / HANDSHAKES))


def over_machines(sockets: float) -> tuple[Step, ...]:
    """An adapter over Redis; `sockets` are those of one process."""
    return (
        Step("Let what one process sends reach the clients of all: an adapter passes it on through Redis or Valkey.",
             MACHINES, "shell", "npm install socket.io @socket.io/redis-adapter redis"),
        Step("Call this where the server is made today, in place of `new Server(server)`.",
             MACHINES, "realtime.mjs", ADAPTER),
        *_reconnect(MACHINES, sockets),
    )  # fmt: skip


def over_workers(workers: int, sockets: float) -> tuple[Step, ...]:
    """The same between workers of one machine, without Redis; `sockets` are those of one worker."""
    return (
        Step("On one machine the primary passes messages on, and sends a client's requests to one worker.",
             WORKERS, "shell", "npm install socket.io @socket.io/cluster-adapter @socket.io/sticky"),
        Step("Start this file. handlers.mjs exports a function that takes `io` and adds your handlers. On SIGTERM it "
             f"takes no new clients and ends its workers one after the other within {STOPPING} s, so that their "
             "clients come to other machines a few at a time: give it twice that before it is killed.",
             WORKERS, "realtime-cluster.mjs", cluster(workers)),
        *_reconnect(WORKERS, sockets),
    )  # fmt: skip


def cluster(workers: int) -> str:
    """The file that starts so many workers."""
    return CLUSTER.replace("WORKERS", str(workers)).replace("STOPPING", f"{STOPPING}_000")


def _reconnect(platform: str, sockets: float) -> tuple[Step, ...]:
    return (
        Step(f"Let the {sockets:,.0f} clients of a lost process return over {2 * delay(sockets) / 1000:,.0f} seconds, "
             "not all at once.", platform, "client.mjs", CLIENT.replace("FIRST", str(delay(sockets)))),
    )  # fmt: skip


ADAPTER: Final = """import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

export async function attach(server, options = {}) {
  const publisher = createClient({ url: process.env.REDIS_URL ?? "redis://127.0.0.1:6379" });
  const subscriber = publisher.duplicate();
  for (const client of [publisher, subscriber]) {
    client.on("error", (error) => console.error("Redis:", error.message)); // it reconnects by itself
  }
  await Promise.all([publisher.connect(), subscriber.connect()]);
  return new Server(server, { ...options, adapter: createAdapter(publisher, subscriber) });
}
"""

CLUSTER: Final = """import cluster from "node:cluster";
import { createServer } from "node:http";
import { createAdapter, setupPrimary } from "@socket.io/cluster-adapter";
import { setupMaster, setupWorker } from "@socket.io/sticky";
import { Server } from "socket.io";

const GRACE = STOPPING; // ms over which the workers stop, one after the other
const LONGEST = 30_000; // ms between two tries of a worker that does not stay up

if (cluster.isPrimary) {
  const server = createServer();
  setupMaster(server, { loadBalancingMethod: "least-connection" }); // and a client's next request goes to the same
  setupPrimary();
  let missing = WORKERS;
  let early = 0; // workers in a row that ended soon after their start
  let stopping = false;

  cluster.on("fork", (worker) => {
    worker.born = Date.now();
    // Who is sent to one that still starts is lost, and tries again after 20 seconds: it counts as full until then.
    worker.clientsCount = Infinity;
  });
  cluster.on("message", (worker, said) => {
    if (said !== "serves") return;
    worker.clientsCount = 0;
    if (--missing === 0 && !stopping) server.listen(process.env.PORT ?? 3000);
  });
  cluster.on("exit", (worker, code, signal) => {
    if (stopping && Object.values(cluster.workers).every((one) => one.isDead())) process.exit(0);
    if (stopping) return;
    early = Date.now() - worker.born < LONGEST ? early + 1 : 0;
    const wait = early > 1 ? Math.min(LONGEST, 50 * 2 ** early) : 0; // the first is replaced at once
    console.error(`worker ${worker.process.pid} ended (${signal ?? code}), next try in ${wait} ms`);
    setTimeout(() => stopping || cluster.fork(), wait);
  });
  const end = (worker) => worker.isConnected() && worker.send("stop");
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      server.close(); // who connects again finds another machine, or what is started next
      server.closeAllConnections(); // those of workers stay theirs
      const workers = Object.values(cluster.workers);
      if (workers.length === 0) process.exit(0);
      workers.forEach((worker, place) => setTimeout(end, (GRACE * place) / workers.length, worker));
      setTimeout(() => process.exit(1), 2 * GRACE);
    });
  }
  for (let i = 0; i < WORKERS; i += 1) cluster.fork();
} else {
  const io = new Server(createServer(), { adapter: createAdapter() });
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => {}); // systemd, a terminal: the primary decides
  process.on("message", async (said) => {
    if (said !== "stop") return;
    await io.close(); // its clients connect again by themselves
    process.exit(0);
  });
  const { default: addHandlers } = await import("./handlers.mjs");
  setupWorker(io);
  addHandlers(io);
  process.send("serves");
}
"""

CLIENT: Final = """import { io } from "socket.io-client";

export function connect(url, options = {}) {
  return io(url, {
    reconnectionDelay: FIRST, // ms
    reconnectionDelayMax: 4 * FIRST,
    randomizationFactor: 1, // from at once to twice the delay
    withCredentials: true, // the cookie of the load balancer
    ...options,
  });
}
"""
