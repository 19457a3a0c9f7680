"""How often a service is asked the same, counted in a Redis or Valkey before anything is kept."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.words import number, percent

DAY: Final = 86_400
"""Seconds."""


def measured(what: str, rate: float, least: float) -> tuple[Step, ...]:
    """How often the same is asked, counted for a day: `rate` are requests a second, `least` the share that pays."""
    load = f" (about {number(rate * DAY)} at today's load)" if rate > 0 else ""
    return (
        Step(f"Measure first how often the same is asked: count the keys of {what} for a day{load}. All that an answer "
             "depends on belongs into the key. It takes npm install redis, and 12 kB of a "
             "Redis or Valkey; it errs by 0.8%.",
             file="repeats.mjs", code=_REPEATS),
        Step(f"Run this at the end of the day. 1 - distinct / all is the hit ratio that can be reached if answers "
             f"live for a day; a shorter life reaches less. Below {percent(least)} leave it.",
             file="ratio.mjs", code=_RATIO),
    )  # fmt: skip


_REPEATS: Final = """import { createClient } from "redis";

export const client = createClient({
  url: process.env.REDIS_URL ?? "redis://127.0.0.1:6379",
  disableOfflineQueue: true, // without a connection fail at once: nothing piles up
});
client.on("error", (error) => console.error("Redis:", error.message)); // it reconnects by itself
export const connected = client.connect();
connected.catch(() => {});

export const today = () => `repeats:${new Date().toISOString().slice(0, 10)}`;

// Call it for each request, and do not wait for it: asked(`${request.originalUrl} ${language}`).
export async function asked(key) {
  if (!client.isReady) return; // not counted; several commands as one would wait for the connection all the same
  const day = today();
  const both = client.multi().pfAdd(`${day}:keys`, key).incr(`${day}:all`);
  await both.expire(`${day}:keys`, 172_800).expire(`${day}:all`, 172_800).exec().catch(() => {});
}
"""

_RATIO: Final = """import { client, connected, today } from "./repeats.mjs";

await connected;
const [distinct, all] = await Promise.all([client.pfCount(`${today()}:keys`), client.get(`${today()}:all`)]);
console.log(`${all} asked, ${distinct} distinct, reachable ${(1 - distinct / Number(all)).toFixed(2)}`);
await client.close();
"""
