"""A process that ends without losing a request: what the application adds, and what platforms are told of it.

How long a process goes on after the signal follows from how balancers look at it, so both stand here, once for all
platforms: their checks are written with these numbers, and their patience as well.
"""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step

FILE: Final = "shutdown.mjs"

HEALTH: Final = "/health"
"""Answers 200 as long as the process is well, to its end: who asks it (liveness, autohealing) kills or replaces."""

READY: Final = "/ready"
"""Answers 503 from the signal on: who asks it (balancers, readiness) only sends requests elsewhere."""

INTERVAL: Final = 5
"""Seconds between two looks at `READY`: the least that an Application Load Balancer takes."""

TIMEOUT: Final = 3
"""Seconds that a look waits for its answer; an Application Load Balancer wants fewer than the interval."""

FAILURES: Final = 2
"""Looks in a row that fail until nothing more is sent: the fewest that an Application Load Balancer takes."""

DRAIN: Final = INTERVAL * FAILURES + 5
"""Seconds that it goes on serving after it was asked to stop: until the last look that counts has failed, and 5 more
for the news to reach all of a balancer's own machines."""

DEADLINE: Final = 10
"""Seconds more for what is open; then it exits all the same, before the supervisor kills it."""

GRACE: Final = DRAIN + DEADLINE + 5
"""Seconds after the signal at which a supervisor may kill: the code has ended or given up by then."""

IDLE: Final = 60
"""Seconds that most balancers keep an idle connection (AWS, NGINX)."""

KEPT: Final = IDLE + 5
"""Seconds that the server keeps it: longer, else the balancer sends a request into a closed one now and then (502)."""

PLATFORM_FIELDS: Final = {
    "health": HEALTH,
    "ready": READY,
    "interval": INTERVAL,
    "timeout": TIMEOUT,
    "failures": FAILURES,
    "grace": GRACE,
}
"""What the files for platforms are filled in with, by the same names."""

LOOK: Final = f"ask {READY} every {INTERVAL} s (timeout {TIMEOUT} s, unhealthy after {FAILURES} failures)"
"""The same in words, of a balancer that is told to."""

HANDLER: Final = f"""import process from "node:process";

let closing = false;
const usual = {{ close: [], drain: {DRAIN}, deadline: {DEADLINE}, idle: {KEPT} }}; // seconds

// Call once, before listen. `sockets` is a WebSocketServer; `close` are functions that end pools, queues and logs.
export function endInOrder(server, options) {{
  const {{ sockets, close, drain, deadline, idle }} = {{ ...usual, ...options }};
  server.keepAliveTimeout = idle * 1000; // longer than the balancer's, which must be the one that closes
  server.prependListener("request", (request, response) => {{
    if (closing) response.setHeader("Connection", "close"); // clients move to another process
  }});
  server.on("listening", () => process.send?.("ready")); // PM2's wait_ready
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, stop);

  function stop() {{
    if (closing) return;
    closing = true; // {READY} answers 503 from now on
    setTimeout(finish, drain * 1000); // serves on until balancers have seen that
    setTimeout(() => process.exit(1), (drain + deadline) * 1000).unref();
  }}

  async function finish() {{
    for (const client of sockets?.clients ?? []) client.close(1001, "moving"); // they connect again elsewhere
    const ended = new Promise((resolve) => server.close(resolve)); // accepts nothing new, waits for what is open
    setInterval(() => server.closeIdleConnections(), 500).unref(); // those that were busy when it closed
    await ended;
    await Promise.allSettled(close.map((end) => end()));
    process.exit(0);
  }}
}}

// For GET {READY}. The answer of GET {HEALTH} does not change: the process is well.
export function readiness() {{
  return closing ? 503 : 200;
}}
"""


def steps(script: str, platform: str = "", idle: int = KEPT) -> tuple[Step, ...]:
    """The file and its use: both answers that platforms ask for, and an end that they notice in time.

    Args:
        script: what Node.js is started with.
        platform: the tab to stand in; empty for all.
        idle: seconds that the server keeps an idle connection, more than the balancer there.
    """
    return (
        Step(f"Put this file beside {script}.", platform, FILE, HANDLER),
        Step(f"Call it before listen, give it what must be closed, and answer two paths. {HEALTH} says that the "
             f"process is alive, and stays 200 to the end: who asks it kills. {READY} says that it takes requests: it "
             f"answers 503 for {DRAIN} s before the process stops accepting, longer than a balancer needs to see it. "
             f"Idle connections are kept for {idle} s, longer than the balancer keeps them: with the 5 s of Node.js it "
             "sends a request into a closed one now and then, which fails with 502.", platform, script, call(idle)),
    )  # fmt: skip


def call(idle: int = KEPT) -> str:
    """What the script adds."""
    return _CALL.format(health=HEALTH, ready=READY, idle="" if idle == KEPT else f"idle: {idle}, ")


_CALL: Final = """import {{ endInOrder, readiness }} from "./shutdown.mjs";

endInOrder(server, {{ {idle}close: [() => pool.end()] }}); // and `sockets: webSocketServer` if there is one
app.get("{health}", (request, response) => response.end()); // asks no database: its trouble must restart nobody
app.get("{ready}", (request, response) => response.status(readiness()).end());
"""
