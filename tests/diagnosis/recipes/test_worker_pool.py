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
function compute({ params, query: { until, what }, body }) {
  if (what === "fails") throw new TypeError("no such report");
  if (what === "input") return { params, body };
  const flags = new Int32Array(new SharedArrayBuffer(4));
  if (until) Atomics.wait(flags, 0, 0, Number(until)); // holds its thread
  return { done: Number(until) };
}
"""
_APP = """import express from "express";

const app = express();
app.use(express.json(), (request, response, next) => {
  if (request.query.what === "slow") console.log("asked");
  next();
});
app.get("/light", (request, response) => response.send("light"));
"""
_LISTEN = """
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.once("SIGTERM", () => {
  server.close();
  server.closeIdleConnections();
});
"""


def code(package: str, file: str, work: Work) -> str:
    return next(step.code for step in steps(work) if (step.platform, step.file) == (package, file))


@contextmanager
def served(package: str, work: Work, folder: Path, queue: int = 1000) -> Iterator[str]:
    """The address of a service that is made of the snippets."""
    with started(package, work, folder, queue) as process:
        yield f"http://127.0.0.1:{_port(process)}"


@contextmanager
def started(package: str, work: Work, folder: Path, queue: int = 1000) -> Iterator[subprocess.Popen[str]]:
    """The process of that service."""
    server = code(package, "server.mjs", work).replace("MOST = 1000;", f"MOST = {queue};")
    heavy = code(package, "heavy.mjs", work) + _COMPUTE
    close = code(package, "server.mjs, after listen", work)
    npm.put(folder, heavy_mjs=heavy, server_mjs=_APP + server + _LISTEN + close)
    with node.running(folder / "server.mjs") as process:
        yield process


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.stderr and process.stderr.read()
    return int(line)


def get(url: str, body: str | None = None) -> str:
    """The answer to a GET, or to a POST of this JSON."""
    data = None if body is None else body.encode()
    asked = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=node.PATIENCE) as answer:
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


@pytest.mark.parametrize("package", PACKAGES)
def test_an_error_of_the_function_is_told_and_is_no_full_queue(package: str, tmp_path: Path) -> None:
    with started(package, Work(1), tmp_path) as process:
        with pytest.raises(HTTPError) as told:
            get(f"http://127.0.0.1:{_port(process)}/report?what=fails")
        assert told.value.code == 500
        process.terminate()
        assert "TypeError: no such report" in process.communicate(timeout=node.PATIENCE)[1]


@pytest.mark.parametrize("package", PACKAGES)
def test_all_that_a_request_brings_is_handed_over(package: str, tmp_path: Path) -> None:
    with served(package, Work(1, "POST /reports/:id"), tmp_path) as address:
        answer = json.loads(get(f"{address}/reports/7?what=input", '{"pages": [1, 2]}'))
    assert answer == {"params": {"id": "7"}, "body": {"pages": [1, 2]}}


@pytest.mark.parametrize("package", PACKAGES)
def test_it_ends_by_itself_once_what_is_open_is_answered(package: str, tmp_path: Path) -> None:
    with started(package, Work(1), tmp_path) as process, ThreadPoolExecutor() as threads:
        address = f"http://127.0.0.1:{_port(process)}"
        get(f"{address}/report?until=1")  # the thread has started
        heavy = threads.submit(get, f"{address}/report?until=500&what=slow")
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        process.terminate()
        assert json.loads(heavy.result()) == {"done": 500}
        assert process.wait(node.PATIENCE) == 0


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
