"""async-io: for loops that wait in a call and pools whose threads wait, and for nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from advisor.diagnosis import Option
from advisor.features import Snapshot
from advisor.vocabulary import Family
from advisor.vocabulary.events import BLOCKED as HELD
from tests.additions import happened, with_events, with_figures, with_probe_figures
from tests.answers import expected, option, rejection
from tests.builders import Load, Machine, Senders, snapshot
from tests.strategies.tools import npm, systemd

BLOCKED, SATURATED, STARVED, POOL = (
    "event-loop-blocked", "event-loop-saturated", "host-cpu-saturated", "thread-pool-saturated",
)  # fmt: skip
CALLING = Load(elu=0.2, cpu=0.03, block=0.3, block_every=2.0)
SLOW_FILES = Load(elu=0.2, latency=0.15, threads_cpu=0.05)
READS: dict[str, Any] = {"cause": "code", "function": "template", "file": "/srv/app/views.js", "line": 12}


def pooled(load: Load = SLOW_FILES, machine: Machine | None = None, **columns: float) -> Snapshot:
    return with_probe_figures(snapshot(load, machine=machine), **{"threadpool_wait": 0.1} | columns)


def code(found: Option, *, of: str) -> str:
    return next(step.code for step in found.steps if of in step.code)


def test_it_takes_the_call_out_of_the_loop() -> None:
    found = option("async-io", BLOCKED, snapshot(replace(CALLING, noise=0.0)))
    delay, loop = expected(found, "loop_delay_max"), expected(found, "loop_utilization")
    assert found.family is Family.TUNING
    assert "20% busy but its code computes 3% of the time" in found.why
    assert delay.now == pytest.approx(0.308, abs=0.01)
    assert delay.high is not None
    assert delay.high < 0.05
    assert loop.low is not None
    assert loop.high is not None
    assert loop.now is not None
    assert loop.low < loop.high < loop.now


def test_it_names_function_file_and_line_from_events() -> None:
    seen = with_events(snapshot(CALLING), *(happened(HELD.name, 60 * n, duration=0.3, **READS) for n in (1, 2)))
    found = option("async-io", BLOCKED, seen)
    assert found.title.startswith("Take the synchronous call in template (views.js:12) out of the loop, which holds it")
    assert "100% of the blocks that were told of stand /srv/app/views.js:12" in found.why
    step = next(step for step in found.steps if "readFile(" in step.code)
    assert step.file == "/srv/app/views.js"
    assert step.code.startswith("// /srv/app/views.js:12\n")


def test_without_events_it_says_that_no_line_is_known() -> None:
    assert "No event names the line yet" in option("async-io", BLOCKED, snapshot(CALLING)).why


@pytest.mark.parametrize(
    ("rule", "load", "machine", "why"),
    [
        (BLOCKED, Load(elu=0.08, cpu=0.075, rps=3, block=0.3), Machine(), "computes 7.5% of the time: it works"),
        (BLOCKED, replace(CALLING, gc_pause=0.2), Machine(), "Garbage collection pauses of 200 ms"),
        (BLOCKED, CALLING, Machine(cpu=0.97, pressure=0.5), "or waits for a processor"),
        (SATURATED, Load(elu=0.885, rps=175), Machine(), "busy without computing 2"),
        (STARVED, Load(elu=0.99, cpu=0.47, noise=0.0), Machine(cpu=0.97), "busy without computing 52%"),
    ],
)
def test_it_does_not_help_a_loop_that_computes_collects_or_starves(
    rule: str, load: Load, machine: Machine, why: str
) -> None:
    assert why in rejection("async-io", rule, snapshot(load, machine=machine))


@pytest.mark.parametrize("rule", [BLOCKED, SATURATED, POOL])
def test_without_a_probe_it_cannot_tell(rule: str) -> None:
    assert "0 processes" in rejection("async-io", rule, snapshot(CALLING, senders=Senders(probe=False)))


@pytest.mark.parametrize(
    ("seen", "threads"),
    [
        (pooled(), 8),
        (pooled(threadpool_active=3.0), 8),
        (pooled(threadpool_active=12.0), 20),
        (pooled(threadpool_active=400.0), 64),
        (pooled(replace(SLOW_FILES, threads_cpu=3.2), Machine(cores=16, cpu=0.3)), 16),
    ],
)
def test_a_pool_that_waits_gets_as_many_threads_as_requests_are_out(seen: Snapshot, threads: int) -> None:
    found = option("async-io", POOL, seen)
    wait = expected(found, "threadpool_wait")
    assert found.title == f"Give the thread pool {threads} threads"
    assert f'UV_THREADPOOL_SIZE: "{threads}"' in code(found, of="UV_THREADPOOL_SIZE:")
    assert wait.now is not None
    assert wait.high is not None
    assert wait.high < wait.now


def test_a_pool_whose_size_is_told_gets_more_than_it_has() -> None:
    waiting = option("async-io", POOL, pooled(threadpool_size=8.0))
    assert waiting.title == "Give the thread pool 16 threads instead of 8"
    assert "has 64 threads already" in rejection("async-io", POOL, pooled(threadpool_size=64.0))


def test_one_thread_that_computes_gets_the_other_core_too() -> None:
    load = Load(elu=0.1, rps=30, latency=0.12, threads_cpu=0.8)
    found = option("async-io", POOL, pooled(load, Machine(cores=2, cpu=0.9), threadpool_size=1.0))
    assert found.title == "Give the thread pool 2 threads instead of 1"
    assert "They compute, on 0.8 of 2 cores: more of them use the others." in found.why
    wait = expected(found, "threadpool_wait")
    assert wait.now is not None
    assert wait.high == pytest.approx(wait.now / 2)


def test_half_a_core_more_is_no_thread_more() -> None:
    load = replace(SLOW_FILES, threads_cpu=3.8)
    seen = with_figures(pooled(load, Machine(cores=16, cpu=0.3), threadpool_size=4.0), cgroup_cpu_limit=4.2)
    assert "compute on 3.8 of 4.2 cores" in rejection("async-io", POOL, seen)


def test_a_pool_of_the_usual_size_that_computes_and_leaves_cores_idle_waits_as_well() -> None:
    load = replace(SLOW_FILES, threads_cpu=1.0)
    found = option("async-io", POOL, pooled(load, Machine(cores=2, cpu=0.65), threadpool_size=4.0))
    assert found.title == "Give the thread pool 8 threads instead of 4"
    assert "while 0.7 idle: they also wait." in found.why


def test_more_threads_than_cores_do_not_compute_faster() -> None:
    full = pooled(replace(SLOW_FILES, threads_cpu=3.4), Machine(cores=4, cpu=0.95))
    assert "compute on 3.4 of 4 cores" in rejection("async-io", POOL, full)


def test_a_pool_that_somebody_made_small_is_seen_by_the_cores_that_idle_beside_it() -> None:
    """UV_THREADPOOL_SIZE=1: one thread computes all the time, and the second core idles."""
    found = option("async-io", POOL, pooled(replace(SLOW_FILES, threads_cpu=1.0), Machine(cores=2, cpu=0.65)))
    assert found.title == "Give the thread pool 8 threads"
    assert "They keep 1 of the cores at work while 0.7 idle: there are fewer than the usual 4" in found.why
    busy = pooled(replace(SLOW_FILES, threads_cpu=1.0), Machine(cores=2, cpu=0.85))
    assert "compute on 1 of 2 cores" in rejection("async-io", POOL, busy)


def test_a_pool_that_began_to_compute_five_minutes_ago_is_one_that_computes() -> None:
    seen = pooled(replace(SLOW_FILES, threads_cpu=1.6), Machine(cores=2, cpu=0.9))
    calm = pooled(replace(SLOW_FILES, threads_cpu=0.0), Machine(cores=2, cpu=0.9))
    track, before = (one.window.instances[0].track for one in (seen, calm))
    early = track.times <= seen.now - 320
    for column in ("cpu_user", "cpu_system"):
        track.values[column][early] = before.values[column][early]
    track.values["threadpool_wait"][early & ~np.isnan(track.values["threadpool_wait"])] = 0.0
    assert "compute on 1.6 of 2 cores" in rejection("async-io", POOL, seen)


def test_more_threads_than_its_quota_do_not_compute_faster() -> None:
    roomy = pooled(replace(SLOW_FILES, threads_cpu=3.4), Machine(cores=16, cpu=0.3))
    assert "compute on 3.4 of 4 cores" in rejection("async-io", POOL, with_figures(roomy, cgroup_cpu_limit=4.0))
    assert option("async-io", POOL, roomy)


def test_the_tool_that_finds_synchronous_calls_is_one_of_node(tmp_path: Path) -> None:
    command = code(option("async-io", BLOCKED, snapshot(CALLING)), of="trace-sync-io").split()
    assert command[0] == "node"
    service = 'setTimeout(() => require("node:fs").readFileSync(__filename), 10);'
    done = npm.run(npm.put(tmp_path, server_js=service), *command[1:])
    assert done.returncode == 0
    assert "WARNING: Detected use of sync API" in done.stderr
    assert "server.js:1" in done.stderr


@pytest.mark.parametrize(
    ("what", "given", "shown", "answer"),
    [
        ("readFile(", 'const path = "input.txt";', "console.log(text);", "hello"),
        ("execFile", 'const command = process.execPath, args = ["-p", "6 * 7"];', "console.log(stdout.trim());", "42"),
        (
            "(gzip)",
            'import { scryptSync } from "node:crypto"; import { gunzipSync } from "node:zlib";'
            'const password = "p", salt = "s", body = Buffer.from("body");',
            "console.log(key.equals(scryptSync(password, salt, 64)), gunzipSync(packed).toString());",
            "true body",
        ),
    ],
)
def test_the_asynchronous_twins_answer_what_the_calls_answered(
    what: str, given: str, shown: str, answer: str, tmp_path: Path
) -> None:
    twin = code(option("async-io", BLOCKED, snapshot(CALLING)), of=what)
    done = npm.run(npm.put(tmp_path, input_txt="hello", app_mjs=f"{given}\n{twin}\n{shown}\n"), "app.mjs")
    assert (done.stdout, done.stderr) == (f"{answer}\n", "")


def test_the_pool_has_as_many_threads_as_it_is_given(tmp_path: Path) -> None:
    app = """const { pbkdf2 } = require("node:crypto");
const fs = require("node:fs");
const count = () => fs.readdirSync("/proc/self/task").length;
const before = count();
let left = 40;
const done = () => { if (--left === 0) console.log(count() - before); };
for (let n = left; n > 0; n -= 1) pbkdf2("a", "b", 1000, 8, "sha1", done);
"""
    folder = npm.put(tmp_path, app_cjs=app)
    assert npm.run(folder, "app.cjs", UV_THREADPOOL_SIZE="16").stdout.strip() == "16"
    assert npm.run(folder, "app.cjs").stdout.strip() == "4"


@pytest.mark.parametrize("name", ["media", "media & more"])
def test_systemd_takes_the_drop_in(name: str, tmp_path: Path) -> None:
    seen = with_probe_figures(snapshot(SLOW_FILES, name=name), threadpool_wait=0.1)
    step = next(step for step in option("async-io", POOL, seen).steps if step.platform == "systemd")
    unit = Path(step.file).parent.name.removesuffix(".d")
    assert unit.startswith("media")
    assert systemd.complaints(step.code, tmp_path, unit) == ""
    assert "Environmnt" in systemd.complaints(step.code.replace("Environment", "Environmnt"), tmp_path, unit)


def test_pm2_s_entry_holds_the_size(tmp_path: Path) -> None:
    entry = code(option("async-io", POOL, pooled()), of="UV_THREADPOOL_SIZE:")
    shown = f"console.log({{ {entry} }}.env.UV_THREADPOOL_SIZE);"
    assert npm.run(npm.put(tmp_path, entry_cjs=shown), "entry.cjs").stdout.strip() == "8"
