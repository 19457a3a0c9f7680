"""worker_pool: both packages do the heavy work beside the loop, and refuse what is too much."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError

import pytest

from advisor.diagnosis.recipes.worker_pool import Work, steps
from tests.strategies.tools import node, npm

PACKAGES = ("piscina", "workerpool")
_COMPUTE = """
function compute({ until }) {
  const flags = new Int32Array(new SharedArrayBuffer(4));
  if (until) Atomics.wait(flags, 0, 0, Number(until)); // holds its thread
  return { done: Number(until) };
}
"""
_APP = """import express from "express";

const app = express();
app.get("/light", (request, response) => response.send("light"));
"""
_LISTEN = """
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
"""


def code(package: str, file: str, work: Work) -> str:
    return next(step.code for step in steps(work) if (step.platform, step.file) == (package, file))


@contextmanager
def served(package: str, work: Work, folder: Path, queue: int = 1000) -> Iterator[str]:
    """The address of a service that is made of the snippets."""
    server = code(package, "server.mjs", work).replace("1000, //", f"{queue}, //")
    heavy = code(package, "heavy.mjs", work) + _COMPUTE
    npm.put(folder, heavy_mjs=heavy, server_mjs=_APP + server + _LISTEN)
    with node.running(folder / "server.mjs") as process:
        yield f"http://127.0.0.1:{_port(process)}"


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.stderr and process.stderr.read()
    return int(line)


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=node.PATIENCE) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize("package", PACKAGES)
def test_the_loop_is_free_while_a_thread_works(package: str, tmp_path: Path) -> None:
    with served(package, Work(1, "GET /reports/export"), tmp_path) as address, ThreadPoolExecutor() as threads:
        get(f"{address}/reports/export?until=1")  # the thread has started
        heavy = threads.submit(get, f"{address}/reports/export?until=2000")
        assert get(f"{address}/light") == "light"
        assert not heavy.done()
        assert json.loads(heavy.result()) == {"done": 2000}


@pytest.mark.parametrize("package", PACKAGES)
def test_what_the_queue_does_not_hold_is_refused(package: str, tmp_path: Path) -> None:
    with served(package, Work(1), tmp_path, queue=1) as address, ThreadPoolExecutor() as threads:
        asked = [threads.submit(get, f"{address}/report?until=700") for _ in range(4)]
        refused = [one.exception() for one in asked]
        codes = [error.code for error in refused if isinstance(error, HTTPError)]
        assert codes
        assert set(codes) == {503}
        assert None in refused


@pytest.mark.parametrize(
    ("function", "called"),
    [
        ("render", "return render(input); // /srv/a.js:4"),
        ("Report.render", "return render(input); // /srv/a.js:4"),
        ("", "return compute(input); // /srv/a.js:4"),
        ("get [as body]", "return compute(input); // /srv/a.js:4"),
        ("new", "return compute(input); // /srv/a.js:4"),
    ],
)
@pytest.mark.parametrize("package", PACKAGES)
def test_the_named_function_is_the_one_that_moves(package: str, function: str, called: str) -> None:
    assert called in code(package, "heavy.mjs", Work(1, function=function, where="/srv/a.js:4"))


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize(
    ("route", "handler"),
    [
        ("POST /render/:id", 'app.post("/render/:id", async'),
        ('GET /"); exit("', 'app.get("/\\"); exit(\\"", async'),
        ("CONNECT other", 'app.get("/report", async'),
        ("", 'app.get("/report", async'),
    ],
)
def test_the_pool_answers_on_the_route(package: str, route: str, handler: str) -> None:
    assert handler in code(package, "server.mjs", Work(2, route))
