"""Workers by Node.js's own cluster module: one file of code, and full control."""

from __future__ import annotations

import json
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes import ending

PLATFORM: Final = "node:cluster"
FILE: Final = "cluster.mjs"


def steps(script: str, workers: int) -> tuple[Step, ...]:
    """From the script of today to workers under a primary of its own."""
    return (
        Step("The built-in module is the choice for one application that wants full control of its workers and "
             "nothing more to install. What PM2 brings (logs, monitoring, start at boot) is then yours to add.",
             PLATFORM),
        Step(f"Start this file instead of {script}, which exports its listening http.Server as `server`. The primary "
             "shares connections out in turn, replaces a worker that ends, and waits longer each time one ends early.",
             PLATFORM, FILE, primary(script, workers)),
        Step("Release by replacing one worker after the other: each new one listens before an old one goes.",
             PLATFORM, "shell", "kill -HUP PID_OF_THE_PRIMARY"),
    )  # fmt: skip


def in_turn() -> tuple[Step, ...]:
    """Connections that the primary of today hands out evenly, and that do not stay with a worker for ever."""
    return (
        Step("Let the primary hand each connection to the next worker. Round robin is the default except on Windows: "
             "look for NODE_CLUSTER_SCHED_POLICY=none, or for a server that listens with `exclusive: true`.",
             PLATFORM, "primary.mjs", _ROUND_ROBIN),
        Step("A kept connection stays with its worker however many requests it carries: bound its age.",
             PLATFORM, "server.mjs", _AGE),
    )  # fmt: skip


def primary(script: str, workers: int) -> str:
    """The file that starts the workers."""
    module = script if script.startswith(("/", "./", "../")) else f"./{script}"
    return _CODE.replace("WORKERS", str(workers)).replace("MODULE", json.dumps(module)) + ending.CODE


_ROUND_ROBIN: Final = """import cluster from "node:cluster";

cluster.schedulingPolicy = cluster.SCHED_RR; // before the first fork
"""

_AGE: Final = """export function boundAge(server) {
  server.maxRequestsPerSocket = 100; // then the client connects anew, and may reach another worker
  return server;
}
"""

_CODE: Final = """import cluster from "node:cluster";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import process from "node:process";

const GRACE = 10_000; // ms for open requests to finish
const LONGEST = 30_000; // ms between two tries of a worker that does not stay up

if (cluster.isPrimary) {
  const count = Math.min(WORKERS, availableParallelism()); // not os.cpus().length, which ignores what is allowed
  let stopping = false;
  let early = 0; // workers in a row that ended soon after their start

  const fork = () => {
    const worker = cluster.fork();
    worker.born = Date.now();
    return worker;
  };
  const retire = (worker) => {
    worker.retired = true;
    worker.process.kill("SIGTERM");
  };
  for (let i = 0; i < count; i += 1) fork();

  cluster.on("exit", (worker, code, signal) => {
    if (stopping && Object.keys(cluster.workers).length === 0) process.exit(0);
    if (stopping || worker.retired) return;
    early = Date.now() - worker.born < LONGEST ? early + 1 : 0;
    const wait = early ? Math.min(LONGEST, 50 * 2 ** early) : 0;
    console.error(`worker ${worker.process.pid} ended (${signal ?? code}), next try in ${wait} ms`);
    setTimeout(() => stopping || fork(), wait);
  });
  const replaceAll = async () => {
    for (const old of Object.values(cluster.workers)) {
      const fresh = fork();
      fresh.retired = true; // until it listens nobody replaces it
      const listens = await Promise.race([once(fresh, "listening"), once(fresh, "exit").then(() => null)]);
      if (stopping) return;
      if (!listens) return console.error("the new worker ended before it listened: the old ones stay");
      fresh.retired = false;
      retire(old.isDead() ? fresh : old); // one that ended meanwhile has been replaced already
    }
  };
  let reloads = Promise.resolve();
  process.on("SIGHUP", () => {
    reloads = reloads.then(() => stopping || replaceAll()); // one after the other
  });
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => {
      stopping = true;
      const workers = Object.values(cluster.workers);
      if (workers.length === 0) process.exit(0);
      workers.forEach(retire);
    });
  }
} else {
  const { server } = await import(MODULE);
  process.on("SIGINT", () => {}); // a terminal sends it to all: the primary decides
  const end = ending(server);
  process.on("SIGTERM", () => {
    end();
    setTimeout(() => process.exit(1), GRACE).unref();
  });
}

"""
