"""Open sockets over several processes: messages reach all, clients return to theirs, and not all at once."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step

MACHINES: Final = "Socket.IO over machines"
WORKERS: Final = "Socket.IO over workers"
PLAIN: Final = "Plain WebSockets"

HANDSHAKES: Final = 200.0
"""New connections a second that a process takes beside its work: at 2 ms each, TLS included, 40% of its loop."""

SHORTEST: Final = 1.0
"""Seconds before a client that lost its connection tries again: Socket.IO's own default."""


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
        Step("Start this file. handlers.mjs exports a function that takes `io` and adds your handlers.",
             WORKERS, "realtime-cluster.mjs", CLUSTER.replace("WORKERS", str(workers))),
        *_reconnect(WORKERS, sockets),
    )  # fmt: skip


def plain(sockets: float) -> tuple[Step, ...]:
    """Clients of plain WebSockets, which have no reconnection of their own."""
    return (
        Step("Plain WebSockets begin with one request and need no stickiness. Let each process subscribe to the "
             "messages of all (Redis PUBLISH and SUBSCRIBE, NATS).", PLAIN),
        Step("Let clients that lost their process return at random moments, longer apart each time.",
             PLAIN, "reconnect.mjs", RECONNECT.replace("FIRST", str(delay(sockets)))),
    )  # fmt: skip


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

if (cluster.isPrimary) {
  const server = createServer();
  setupMaster(server, { loadBalancingMethod: "least-connection" }); // and a client's next request goes to the same
  setupPrimary();
  // Who is sent to a worker that still starts is lost, and tries again after 20 seconds: it counts as full until then.
  cluster.on("fork", (worker) => { worker.clientsCount = Infinity; });
  let missing = WORKERS;
  cluster.on("message", (worker, said) => {
    if (said !== "serves") return;
    worker.clientsCount = 0;
    if (--missing === 0) server.listen(process.env.PORT ?? 3000);
  });
  for (let i = 0; i < WORKERS; i += 1) cluster.fork();
  cluster.on("exit", (worker) => {
    if (!worker.exitedAfterDisconnect) cluster.fork();
  });
} else {
  const { default: addHandlers } = await import("./handlers.mjs");
  const io = new Server(createServer(), { adapter: createAdapter() });
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

RECONNECT: Final = """const DELAY = FIRST; // ms

export function connect(url, onMessage, attempt = 0) {
  const socket = new WebSocket(url);
  socket.onopen = () => {
    attempt = 0;
  };
  socket.onmessage = onMessage;
  socket.onclose = () => {
    const longest = 2 * DELAY * 2 ** Math.min(attempt, 3);
    setTimeout(() => connect(url, onMessage, attempt + 1), Math.random() * longest);
  };
  return socket;
}
"""
