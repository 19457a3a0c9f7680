"""A process that ends without losing a request: what the application adds, for every platform alike."""

from __future__ import annotations

from typing import Final

FILE: Final = "shutdown.mjs"

DRAIN: Final = 5
"""Seconds that it goes on serving after it was asked to stop: load balancers look every few seconds."""

DEADLINE: Final = 10
"""Seconds more for what is open; then it exits all the same, before the supervisor kills it."""

IDLE: Final = 60
"""Seconds that load balancers keep an idle connection by default (AWS, NGINX)."""

KEPT: Final = IDLE + 5
"""Seconds that the server keeps it: longer, else the balancer sends a request into a closed one now and then (502)."""

HANDLER: Final = f"""import process from "node:process";

let closing = false;

// Call once, before listen. `sockets` is a WebSocketServer; `close` are functions that end pools, queues and logs.
export function endInOrder(server, {{ sockets, close = [], drain = {DRAIN}, deadline = {DEADLINE} }} = {{}}) {{
  server.keepAliveTimeout = {KEPT} * 1000; // longer than the {IDLE} s of most balancers
  server.headersTimeout = {KEPT + 1} * 1000;
  server.prependListener("request", (request, response) => {{
    if (closing) response.setHeader("Connection", "close"); // clients move to another process
  }});
  server.on("listening", () => process.send?.("ready")); // PM2's wait_ready
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, stop);

  function stop() {{
    if (closing) return;
    closing = true; // /ready answers 503 from now on
    setTimeout(finish, drain * 1000);
    setTimeout(() => process.exit(1), (drain + deadline) * 1000).unref();
  }}

  async function finish() {{
    for (const client of sockets?.clients ?? []) client.close(1001, "moving"); // they connect again elsewhere
    const ended = new Promise((resolve) => server.close(resolve)); // accepts nothing new, waits for what is open
    server.closeIdleConnections();
    await ended;
    await Promise.allSettled(close.map((end) => end()));
    process.exit(0);
  }}
}}

// For GET /ready. The answer of GET /health does not change: the process is well.
export function readiness() {{
  return closing ? 503 : 200;
}}
"""
