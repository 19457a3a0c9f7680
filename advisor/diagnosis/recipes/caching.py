"""Answers kept beside their source: in Redis, in Memcached, or bounded in the process.

The times are first guesses, to which the readers of the answers must agree.
"""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step

REDIS: Final = "Redis"
MEMCACHED: Final = "Memcached"

FRESH: Final = 60
"""Seconds for which an answer counts as good: most readers do not see a minute."""

KEPT: Final = 600
"""Seconds for which it may stand in while its source fails."""


def beside(size: float, processes: int) -> tuple[Step, ...]:
    """A cache of so many bytes, in Redis or in Memcached, for so many processes."""
    megabytes = round(size / 1e6)
    return (*redis(megabytes, processes), *memcached(megabytes), *used())


def redis(megabytes: int, processes: int) -> tuple[Step, ...]:
    """Answers beside their source in a Redis or Valkey of this size, for so many processes."""
    return (
        Step("A Redis or Valkey for the cache alone: what is full gives up what is asked least. Sessions and queues "
             "must not lie in it.", REDIS, "redis.conf", _CONF.format(megabytes=megabytes)),
        Step("The client.", REDIS, "shell", "npm install redis"),
        Step(f"Ask it first, then the source. After {FRESH} s the source is asked again, once at a time by each "
             f"process ({processes} now), and other requests wait for that answer. If it fails, the old one stands in "
             f"for {KEPT} s. Without the cache the source is asked as today.",
             REDIS, "cache.mjs", _REDIS + _BESIDE),
    )  # fmt: skip


def memcached(megabytes: int) -> tuple[Step, ...]:
    """The same in Memcached."""
    return (
        Step("Memcached instead, where there is nothing but the cache to keep: an answer may have 1 MB.", MEMCACHED,
             "/etc/memcached.conf", _MEMCACHED_CONF.format(megabytes=megabytes)),
        Step("The client.", MEMCACHED, "shell", "npm install memjs"),
        Step("The same function over it.", MEMCACHED, "cache.mjs", _MEMCACHED + _BESIDE),
    )  # fmt: skip


def used() -> tuple[Step, ...]:
    """How either of them is called."""
    return (
        Step(
            "Use it where the source is asked today, and call forget(key) after a write.", file="answer.mjs", code=_USE
        ),
    )


def bounded() -> tuple[Step, ...]:
    """A cache inside the process that cannot grow without end."""
    return (
        Step("Give the cache in the process a bound: what was not asked for longest goes first. A small one before "
             "Redis is fine.", file="bounded.mjs", code=_BOUNDED),
    )  # fmt: skip


_CONF: Final = """maxmemory {megabytes}mb
maxmemory-policy allkeys-lfu
save ""
appendonly no
"""

_MEMCACHED_CONF: Final = """-m {megabytes}
-l 127.0.0.1
-p 11211
-u memcache
"""

_TIMES: Final = f"""const FRESH = {FRESH}; // seconds for which an answer is good
const KEPT = {KEPT}; // seconds for which it may stand in while its source fails
const PATIENCE = 100; // ms for the cache; then the source is asked
"""

_REDIS: Final = (
    """import { createClient } from "redis";

"""
    + _TIMES
    + """
export const client = createClient({
  url: process.env.REDIS_URL ?? "redis://127.0.0.1:6379",
  disableOfflineQueue: true, // without a connection fail at once
});
client.on("error", (error) => console.error("Redis:", error.message)); // it reconnects by itself
client.connect().catch(() => {});

const get = (key) => client.get(key);
const set = (key, text) => client.set(key, text, { EX: KEPT });
const drop = (key) => client.del(key);
"""
)

_MEMCACHED: Final = (
    """import { createHash } from "node:crypto";
import memjs from "memjs";

"""
    + _TIMES
    + """
export const client = memjs.Client.create(process.env.MEMCACHED_SERVERS ?? "127.0.0.1:11211", {
  timeout: PATIENCE / 1000,
  retries: 1,
  logger: { log: (words) => console.error(words) },
});

// A key of Memcached has at most 250 bytes and no spaces.
const short = (key) => createHash("sha256").update(key).digest("base64url");
const get = async (key) => (await client.get(short(key))).value?.toString();
const set = (key, text) => client.set(short(key), text, { expires: KEPT });
const drop = (key) => client.delete(short(key));
"""
)

_BESIDE: Final = """
const loading = new Map();

export async function cached(key, load) {
  const found = await read(key);
  if (found && Date.now() < found.until) return found.value;
  try {
    return await once(key, load);
  } catch (error) {
    if (found) return found.value; // old, and better than none
    throw error;
  }
}

// Call it after a write: from then on this process gives out no older state. Another one that read before the write may
// still keep what it read, and a cache that does not answer keeps what it has, for FRESH seconds at most.
export async function forget(key) {
  loading.delete(key); // a load that began before is neither joined nor kept
  await within(drop(key)).catch(() => {});
}

// Of requests for the same key one asks the source; the others wait for its answer.
function once(key, load) {
  if (!loading.has(key)) {
    const mine = refresh(key, load, () => loading.get(key) === mine).finally(() => {
      if (loading.get(key) === mine) loading.delete(key);
    });
    loading.set(key, mine);
  }
  return loading.get(key);
}

async function refresh(key, load, isCurrent) {
  const value = await load();
  const seconds = FRESH * (0.9 + 0.2 * Math.random()); // not all keys at the same moment
  const text = JSON.stringify({ value, until: Date.now() + 1000 * seconds });
  if (isCurrent()) await within(set(key, text)).catch(() => {});
  return value;
}

async function read(key) {
  try {
    const text = await within(get(key));
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined; // the cache does not answer: ask the source
  }
}

async function within(answer) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(reject, PATIENCE, new Error("The cache is too slow."));
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
"""

_BOUNDED: Final = """export class Bounded {
  #kept = new Map();
  #most;

  constructor(most) {
    this.#most = most;
  }

  get(key) {
    const value = this.#kept.get(key);
    if (value !== undefined) this.set(key, value); // the last in a Map is what was used last
    return value;
  }

  set(key, value) {
    this.#kept.delete(key);
    this.#kept.set(key, value);
    if (this.#kept.size > this.#most) this.#kept.delete(this.#kept.keys().next().value);
  }
}
"""

_USE: Final = """import { cached } from "./cache.mjs";

// The key holds all that the answer depends on: id, language, tenant. `load` stands for what asks the source today.
export const answer = (id, language, load) => cached(`answer:${id}:${language}`, () => load(id, language));
"""
