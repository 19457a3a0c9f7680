"""Which routes send files."""

from __future__ import annotations

import pytest

from advisor.features.static_routes import Static, static_of
from tests.builders import Load, snapshot


def of(**shares: float) -> Static:
    routes = {f"GET {path}": share for path, share in shares.items()}
    return static_of(snapshot(Load(routes=routes)).routes(300.0))


@pytest.mark.parametrize(
    "path",
    ["/static/*", "/assets/:file", "/public", "/favicon.ico", "/app.3f2a1b.js", "/_next/static/*", "/a/logo.PNG"],
)
def test_files(path: str) -> None:
    assert of(**{path: 0.4, "/": 0.6}).low == pytest.approx(0.4)


@pytest.mark.parametrize("path", ["/orders", "/statically", "/api/assets", "/users/:id", "/report.json", "/v1.2"])
def test_no_files(path: str) -> None:
    assert of(**{path: 0.4, "/": 0.6}).high == 0.0


def test_what_is_written_is_no_file() -> None:
    seen = snapshot(Load(routes={"POST /assets/:file": 1.0}))
    assert static_of(seen.routes(300.0)).names == ()


@pytest.mark.parametrize("path", ["*", "/*", "/{*splat}"])
def test_a_route_of_all_paths_may_be_files(path: str) -> None:
    found = of(**{path: 0.3, "/assets/*": 0.1, "/": 0.6})
    assert found.low == pytest.approx(0.1)
    assert found.high == pytest.approx(0.4)
    assert found.guessed == f"GET {path}"
    assert not found.sure


def test_where_they_lie() -> None:
    found = of(**{"/assets/a/*": 0.2, "/assets/b/*": 0.2, "/app.js": 0.1, "/": 0.5})
    assert found.prefixes == ("/assets/",)
    assert found.by_ending
    assert not of(**{"/assets/a": 1.0}).by_ending
