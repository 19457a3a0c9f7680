"""Caches beside their source: a real Redis (Valkey) and a real Memcached answer, and their absence hurts nobody."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from advisor.diagnosis import Step
from advisor.diagnosis.recipes import caching
from tests.strategies.tools import shell
from tests.strategies.tools.memory import memcached, put, said
from tests.strategies.tools.nginx import free_port
from tests.strategies.tools.realtime import valkey

KINDS = {caching.REDIS: caching.redis(64, 2), caching.MEMCACHED: caching.memcached(64)}

_USE = """import { cached, client, forget } from "./cache.mjs";

const seen = [];
let loads = 0;
const load = async () => { loads += 1; await new Promise(setImmediate); return { n: loads }; };
const fail = async () => { throw new Error("source"); };
const ready = async () => { // the first tries may find no connection yet: then the source is asked
  for (let i = 0; i < 1000; i += 1) {
    const before = loads;
    await cached("ready", load);
    if (loads === before) return;
    await new Promise(setImmediate);
  }
  throw new Error("the cache does not keep");
};
if (process.env.KEEPS) await ready();
loads = 0;
const all = await Promise.all(Array.from({ length: 20 }, () => cached("a b", load)));
seen.push(loads, new Set(all.map(({ n }) => n)).size);
seen.push((await cached("a b", load)).n);
const now = Date.now;
Date.now = () => now() + 120_000;
seen.push(await cached("a b", fail).then(({ n }) => n, (error) => error.message));
seen.push((await cached("a b", load)).n);
await forget("a b");
seen.push((await cached("a b", load)).n);
seen.push(await cached("other", fail).catch((error) => error.message));
console.log(seen.join(" "));
process.exit();
"""


_RACE = """import { cached, forget } from "./cache.mjs";

const fail = async () => { throw new Error("source"); };
const ready = async () => (await cached("ready", async () => 1), cached("ready", fail)); // kept, or asked in vain
while (!(await ready().catch(() => 0))) await new Promise(setImmediate);

async function race(key, meanwhile) {
  let state = "old", reading, finish;
  const isReading = new Promise((resolve) => { reading = resolve; });
  const isFinished = new Promise((resolve) => { finish = resolve; });
  const early = cached(key, async () => {
    const seen = state;
    reading();
    await isFinished;
    return seen;
  });
  await isReading;
  state = "new"; // the write
  await forget(key);
  const load = async () => state;
  const waits = new Promise((resolve) => setTimeout(resolve, 500, "waits"));
  const late = meanwhile ? [await Promise.race([cached(key, load), waits])] : [];
  finish();
  return [await early, ...late, await cached(key, load), await cached(key, fail).catch((error) => error.message)];
}
console.log((await race("asked meanwhile", true)).join(" "));
console.log((await race("asked afterwards", false)).join(" "));
process.exit();
"""


def coded(steps: tuple[Step, ...], file: str) -> str:
    return next(step.code for step in steps if step.file == file)


@contextmanager
def serving(kind: str, folder: Path) -> Iterator[str]:
    """The address of a real cache, started with the configuration that is given."""
    if kind == caching.REDIS:
        (folder / "redis.conf").write_text(coded(KINDS[kind], "redis.conf"))
        with valkey(folder, "redis.conf") as url:
            yield url
    else:
        with memcached(coded(KINDS[kind], "/etc/memcached.conf")) as port:
            yield f"127.0.0.1:{port}"


def used(kind: str, folder: Path, address: str, **environ: str) -> str:
    put(folder, cache=coded(KINDS[kind], "cache.mjs"), use=_USE)
    return said(folder, "use.mjs", REDIS_URL=address, MEMCACHED_SERVERS=address, **environ)


@pytest.mark.parametrize("kind", KINDS)
def test_one_of_many_asks_and_an_old_answer_stands_in_for_a_failure(kind: str, tmp_path: Path) -> None:
    """20 at once load once and agree; then a hit; after its life a failure gives the old one, else a new one."""
    with serving(kind, tmp_path) as address:
        assert used(kind, tmp_path, address, KEEPS="1") == "1 1 1 1 2 3 source"


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_read_before_a_write_is_neither_given_out_after_it_nor_kept(kind: str, tmp_path: Path) -> None:
    """A load that began before the write ends after it: who asks in between does not join it, and nobody finds it."""
    with serving(kind, tmp_path) as address:
        put(tmp_path, cache=coded(KINDS[kind], "cache.mjs"), race=_RACE)
        told = said(tmp_path, "race.mjs", REDIS_URL=address, MEMCACHED_SERVERS=address)
    assert told.splitlines() == ["old new new new", "old new new"]


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_cache_the_source_is_asked(kind: str, tmp_path: Path) -> None:
    scheme = "redis://" if kind == caching.REDIS else ""
    assert used(kind, tmp_path, f"{scheme}127.0.0.1:{free_port()}") == "1 1 2 source 3 4 source"


@pytest.mark.parametrize("kind", KINDS)
def test_a_cache_that_never_answers_is_not_waited_for(kind: str, tmp_path: Path) -> None:
    scheme = "redis://" if kind == caching.REDIS else ""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"{scheme}127.0.0.1:{silent.getsockname()[1]}"
        assert used(kind, tmp_path, address) == "1 1 2 source 3 4 source"


def test_what_is_full_gives_up_what_is_asked_least(tmp_path: Path) -> None:
    look = (
        'import { client } from "./cache.mjs";\n'
        'if (!client.isReady) await new Promise((done) => client.once("ready", done));\n'
        'const { maxmemory } = await client.configGet("maxmemory");\n'
        'const policy = (await client.configGet("maxmemory-policy"))["maxmemory-policy"];\n'
        "console.log(maxmemory, policy);\nprocess.exit();\n"
    )
    with serving(caching.REDIS, tmp_path) as url:
        put(tmp_path, cache=coded(KINDS[caching.REDIS], "cache.mjs"), look=look)
        assert said(tmp_path, "look.mjs", REDIS_URL=url) == f"{64 * 1024 * 1024} allkeys-lfu"


def test_memcached_takes_so_much_memory(tmp_path: Path) -> None:
    with serving(caching.MEMCACHED, tmp_path) as address:
        host, _, port = address.partition(":")
        with socket.create_connection((host, int(port))) as asked:
            asked.sendall(b"stats settings\r\nquit\r\n")
            told = asked.makefile("rb").read().decode()
    assert f"STAT maxbytes {64 * 1024 * 1024}\r\n" in told


def test_not_all_keys_end_at_the_same_moment(tmp_path: Path) -> None:
    """Lives of 54 to 66 seconds: 200 of them lie at least 10 apart."""
    spread = (
        'import { cached, client } from "./cache.mjs";\n'
        'if (!client.isReady) await new Promise((done) => client.once("ready", done));\n'
        "const began = Date.now();\nDate.now = () => began;\nconst lives = [];\n"
        "for (let i = 0; i < 200; i += 1) {\n"
        "  await cached(`k${i}`, async () => i);\n"
        "  lives.push((JSON.parse(await client.get(`k${i}`)).until - began) / 1000);\n}\n"
        "const [least, most] = [Math.min(...lives), Math.max(...lives)];\n"
        "console.log(least >= 54, most <= 66, most - least > 10);\n"
        "process.exit();\n"
    )
    with serving(caching.REDIS, tmp_path) as url:
        put(tmp_path, cache=coded(KINDS[caching.REDIS], "cache.mjs"), spread=spread)
        assert said(tmp_path, "spread.mjs", REDIS_URL=url) == "true true true"


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_called_with_all_that_the_answer_depends_on(kind: str, tmp_path: Path) -> None:
    [step] = caching.used()
    call = (
        'import { answer } from "./answer.mjs";\nconst load = async (id, language) => `${id} in ${language}`;\n'
        'console.log(await answer(7, "de", load), await answer(7, "en", load));\nprocess.exit();\n'
    )
    with serving(kind, tmp_path) as address:
        put(tmp_path, cache=coded(KINDS[kind], "cache.mjs"), answer=step.code, call=call)
        assert said(tmp_path, "call.mjs", REDIS_URL=address, MEMCACHED_SERVERS=address) == "7 in de 7 in en"


def test_a_bounded_cache_keeps_what_was_used_last(tmp_path: Path) -> None:
    [step] = caching.bounded()
    use = (
        'import { Bounded } from "./bounded.mjs";\nconst kept = new Bounded(2);\n'
        'kept.set("a", 1);\nkept.set("b", 2);\nkept.get("a");\nkept.set("c", 3);\n'
        'console.log(kept.get("a"), kept.get("b"), kept.get("c"));\n'
    )
    assert said(put(tmp_path, bounded=step.code, use=use), "use.mjs") == "1 undefined 3"


def test_one_size_serves_both_kinds() -> None:
    found = caching.beside(256e6, 4)
    assert "maxmemory 256mb\n" in coded(found, "redis.conf")
    assert "-m 256\n" in coded(found, "/etc/memcached.conf")
    assert any("each process (4 now)" in step.text for step in found)
    assert shell.read(found) == ["npm install redis", "npm install memjs"]
