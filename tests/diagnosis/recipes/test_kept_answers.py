"""Answers that a real NGINX keeps before a real Express: hits, one renewal at a time, and old ones in need."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from advisor.diagnosis.recipes import kept_answers
from advisor.diagnosis.recipes.nginx import Site
from tests.strategies.tools.memory import put
from tests.strategies.tools.nginx import PATIENCE, complaints, serving
from tests.strategies.tools.node import running

SITE = Site("shop", ("web-1:3000",), answers=("= /products", "/products/"))

SERVER = """import express from "express";
import { keep } from "./keep.mjs";

const app = express();
let asked = 0;
app.get("/count", (request, response) => response.json(asked));
app.get("/products", (request, response) => {
  asked += 1;
  setTimeout(() => keep(response).json({ asked }), 50);
});
app.get("/products/short", (request, response) => keep(response, 1).json({ asked: (asked += 1) }));
app.get("/products/:id", (request, response) => response.json({ asked: (asked += 1) }));
app.post("/products", (request, response) => response.json({ asked: (asked += 1) }));
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
"""


@contextmanager
def shop(folder: Path) -> Iterator[int]:
    """The port of NGINX before a service that counts how often it is asked."""
    code = {step.file: step.code for step in kept_answers.before(SITE)}
    put(folder, keep=code["keep.mjs"], server=SERVER)
    with running(folder / "server.mjs") as service:
        assert service.stdout is not None
        upstream = int(service.stdout.readline())
        with serving(code["/etc/nginx/conf.d/shop.conf"], [upstream], folder) as port:
            yield port


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, str, str, str]:
    """Status, whether NGINX had it, ETag and body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, answer.getheader("X-Cache-Status", ""), answer.getheader("ETag", ""), body


def test_a_second_request_hits_and_a_browser_that_has_it_gets_no_body(tmp_path: Path) -> None:
    with shop(tmp_path) as port:
        first, second = ask(port, "/products"), ask(port, "/products")
        assert [first[1], second[1]] == ["MISS", "HIT"]
        assert first[3] == second[3] == '{"asked":1}'
        status, _, _, body = ask(port, "/products", If_None_Match=second[2])
        assert (status, body) == (304, "")


def test_of_many_at_once_one_asks_the_service(tmp_path: Path) -> None:
    with shop(tmp_path) as port, ThreadPoolExecutor(8) as pool:
        bodies = {answer[3] for answer in pool.map(lambda _: ask(port, "/products"), range(16))}
        assert bodies == {'{"asked":1}'}
        assert json.loads(ask(port, "/count")[3]) == 1


@pytest.mark.parametrize(("method", "path", "headers"), [
    ("POST", "/products", {}), ("GET", "/products/7", {}), ("GET", "/products", {"Authorization": "Bearer me"}),
])  # fmt: skip
def test_what_changes_something_is_not_marked_or_is_of_one_reader_is_not_kept(
    method: str, path: str, headers: dict[str, str], tmp_path: Path
) -> None:
    with shop(tmp_path) as port:
        bodies = [ask(port, path, method, **headers)[3] for _ in range(2)]
        assert bodies == ['{"asked":1}', '{"asked":2}']


def test_an_old_answer_stands_in_while_the_service_is_gone(tmp_path: Path) -> None:
    code = {step.file: step.code for step in kept_answers.before(SITE)}
    put(tmp_path, keep=code["keep.mjs"], server=SERVER)
    with running(tmp_path / "server.mjs") as service:
        assert service.stdout is not None
        upstream = int(service.stdout.readline())
        with serving(code["/etc/nginx/conf.d/shop.conf"], [upstream], tmp_path) as port:
            kept = ask(port, "/products/short")[3]
            service.kill()
            service.wait()
            deadline = time.monotonic() + PATIENCE
            while (answer := ask(port, "/products/short"))[1] == "HIT" and time.monotonic() < deadline:
                time.sleep(0.05)
            assert (answer[0], answer[3]) == (200, kept)
            assert answer[1] in {"STALE", "UPDATING"}


@pytest.mark.parametrize(("routes", "places"), [
    (("GET /products", "GET /products/:id", "HEAD /products"), ("= /products", "/products/")),
    (("GET /", "GET /:slug", "GET *", "GET /{*path}"), ("= /",)),
    (("GET /api/v1/items/:id/reviews",), ("/api/v1/items/",)),
    (("GET /files/*",), ("/files/",)),
    (("GET /a;b", "SELECT 1", "GET /ä/:id", "GET /x{}/:id"), ()),
])  # fmt: skip
def test_routes_become_what_nginx_finds_them_by(
    routes: tuple[str, ...], places: tuple[str, ...], tmp_path: Path
) -> None:
    assert kept_answers.places(routes) == places
    code = kept_answers.before(Site("shop", ("web-1:3000",), websockets=True, answers=places))[1].code
    assert complaints(code, tmp_path) == ""
