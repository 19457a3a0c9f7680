"""static-offload: where files take a fifth of the time, and only for loops."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from advisor.diagnosis import Option, Rejection
from advisor.engine import STRATEGIES
from advisor.features import Snapshot
from tests.answers import expected
from tests.builders import Load, Senders, snapshot
from tests.rulings import ALL, firing
from tests.strategies.tools import shell
from tests.strategies.tools.nginx import complaints
from tests.strategies.tools.npm import put, run

SATURATED = "event-loop-saturated"
LOOPS = {SATURATED, "event-loop-blocked", "host-cpu-saturated", "thread-pool-saturated", "uneven-load"}
FULL = Load(elu=0.885, rps=175)


def shop(**routes: float) -> Snapshot:
    return snapshot(replace(FULL, routes={f"GET {path}": share for path, share in routes.items()}))


def answered(seen: Snapshot, rule: str = SATURATED) -> Option | Rejection:
    return STRATEGIES["static-offload"].answer(seen, firing(rule))


def offered(seen: Snapshot) -> Option:
    found = answered(seen)
    assert isinstance(found, Option), found
    return found


FILES = {"/assets/*": 0.3, "/favicon.ico": 0.1, "/orders": 0.6}


def test_the_loop_falls_by_their_share_at_most() -> None:
    """0.885 times 0.6, and half of the gain where sending files is little work of the loop."""
    loop = expected(offered(shop(**FILES)), "loop_utilization")
    assert loop.low == pytest.approx(0.885 * 0.6, abs=0.02)
    assert loop.high == pytest.approx(0.885 * 0.8, abs=0.02)


@pytest.mark.parametrize(("share", "fits"), [(0.21, True), (0.19, False)])
def test_a_fifth_is_the_least(share: float, fits: bool) -> None:
    found = answered(shop(**{"/assets/*": share, "/orders": 1 - share}))
    assert isinstance(found, Option if fits else Rejection)
    if isinstance(found, Rejection):
        assert "Files take 19% of the request time; it pays from 20% on" in found.reason


def test_a_route_of_all_paths_is_less_sure() -> None:
    guessed, known = offered(shop(**{"*": 0.4, "/orders": 0.6})), offered(shop(**FILES))
    assert guessed.confidence < known.confidence
    assert "may hold more than files" in guessed.why
    assert expected(guessed, "loop_utilization").high == pytest.approx(0.885, abs=0.02)


@pytest.mark.parametrize("routes", [{"/orders": 1.0}, {"/api/assets": 0.5, "/": 0.5}])
def test_a_service_without_files_is_refused(routes: dict[str, float]) -> None:
    found = answered(shop(**routes))
    assert isinstance(found, Rejection)
    assert "Files take 0%" in found.reason


def test_without_routes_nobody_knows_of_files() -> None:
    assert isinstance(answered(snapshot(FULL, senders=Senders(probe=False))), Rejection)


@pytest.mark.parametrize("rule", [rule for rule in ALL if rule not in LOOPS])
def test_other_troubles_are_not_of_files(rule: str) -> None:
    found = answered(shop(**FILES), rule)
    assert isinstance(found, Rejection)
    assert "42%" in found.reason


@pytest.mark.parametrize("routes", [FILES, {"*": 1.0}, {"/static/*": 0.5, "/img/*": 0.5}])
def test_nginx_accepts_the_configuration(routes: dict[str, float], tmp_path: Path) -> None:
    found = offered(shop(**routes))
    code = next(step.code for step in found.steps if step.file.endswith(".conf"))
    assert complaints(code, tmp_path) == ""
    assert ("location /assets/ {" in code) is ("/assets/*" in routes)
    assert shell.read(found.steps) == [
        "mkdir -p /var/cache/nginx\nnginx -t && nginx -s reload\n"
        "curl --head --insecure --resolve example.com:80:127.0.0.1 http://example.com/"
    ]


_SERVED = """import express from "express";
import { options } from "./static.mjs";

const server = express().use(express.static("public", options)).listen(0, "127.0.0.1", async () => {
  for (const path of process.argv.slice(2)) {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/${path}`);
    console.log(answer.status, answer.headers.get("cache-control"));
  }
  process.exit();
});
"""
KEPT, ASKED_AGAIN = "200 public, max-age=31536000, immutable", "200 public, max-age=0, must-revalidate"


def test_what_the_build_names_by_content_is_kept_for_a_year_and_nothing_else(tmp_path: Path) -> None:
    """A date in a name is no hash, and a hash of Vite's has letters of any kind; a real Express sends them."""
    code = next(step.code for step in offered(shop(**FILES)).steps if step.file == "static.mjs")
    folder = put(tmp_path, static_mjs=code, served_mjs=_SERVED)
    kept = {
        "assets/index-DiwrgTda.js": KEPT, "assets/fonts/a.B4yhdaKt.woff2": KEPT, "report-20240131.pdf": ASKED_AGAIN,
        "app.3f2a1b9c.js": ASKED_AGAIN, "assets.js": ASKED_AGAIN, "old/assets/app.js": ASKED_AGAIN,
    }  # fmt: skip
    for path in kept:
        (folder / "public" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "public" / path).write_text("content")
    done = run(folder, "served.mjs", *kept)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == list(kept.values())
