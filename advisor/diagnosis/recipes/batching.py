"""Rows that come one at a time, written many with one statement: a bounded queue inside the process."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step

MOST: Final = 500
"""Rows of one statement: more save little, and hold locks for longer."""

WAIT: Final = 10
"""Milliseconds that the first row waits for others: less than people notice."""

FULL: Final = 10_000
"""Rows that wait at most, so that a datastore which stands still does not fill the memory of the service."""


def batched() -> tuple[Step, ...]:
    """A queue whose callers wait until their row is written, and how a table is written through it."""
    return (
        Step(f"Let rows that come within {WAIT} ms share one statement and one commit. Who adds a row waits until it "
             f"is written, so nothing that was answered is lost; beyond {FULL:,} rows who comes is refused at once "
             "(answer 503).", "Node.js", "batch.mjs", _QUEUE),
        Step("Write a table through it. A row that the datastore refuses fails all of its statement, so check rows "
             "before. Wait for flush() before the pool is closed at the end of the process.",
             "pg", "orders.mjs", _USE),
        Step("Where the answer need not wait for the write, put it into a queue that outlives the process (a stream of "
             "Redis, a broker), answer 202, and let a worker write batches from there."),
    )  # fmt: skip


_QUEUE: Final = f"""import {{ setTimeout as pause }} from "node:timers/promises";

const MOST = {MOST}; // rows of one statement
const WAIT = {WAIT}; // milliseconds
const FULL = {FULL:_}; // rows

export function batched(write) {{
  const waiting = [];
  let running;

  async function run() {{
    await pause(WAIT);
    while (waiting.length > 0) {{
      const batch = waiting.splice(0, MOST);
      await Promise.resolve(batch.map(({{ row }}) => row)).then(write).then(
        () => batch.forEach(({{ resolve }}) => resolve()),
        (error) => batch.forEach(({{ reject }}) => reject(error)),
      );
    }}
    running = undefined;
  }}

  return {{
    add(row) {{
      if (waiting.length >= FULL) return Promise.reject(new Error(`${{FULL}} rows wait to be written`));
      running ??= run();
      return new Promise((resolve, reject) => waiting.push({{ row, resolve, reject }}));
    }},
    flush: async () => running,
  }};
}}
"""

_USE: Final = """import { batched } from "./batch.mjs";
import { pool } from "./pool.mjs";

const INSERT = "INSERT INTO orders (tenant_id, note) SELECT * FROM unnest($1::bigint[], $2::text[])";

export const orders = batched((rows) =>
  pool.query(INSERT, [rows.map((row) => row.tenant), rows.map((row) => row.note)]));
// In a handler: await orders.add({ tenant, note }), then answer.
"""
