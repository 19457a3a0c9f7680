"""PM2: the file is started, scaled and reloaded by a real PM2."""

from __future__ import annotations

import json
import math
import urllib.request
from pathlib import Path

import pytest

from advisor.diagnosis.recipes.pm2 import FILE, MIB, READY, App, ecosystem, restart_limit, steps
from tests.strategies.tools.pm2 import pm2

SERVICE = """const { createServer } = require("node:http");
const { writeFileSync } = require("node:fs");
const server = createServer((request, response) => response.end(String(process.pid)));
server.on("listening", () => writeFileSync("port", String(server.address().port)));
server.listen(0, "127.0.0.1");
"""


def _answer(folder: Path) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{(folder / 'port').read_text()}", timeout=60) as answer:
        return int(answer.read())


def test_a_real_pm2_runs_scales_and_reloads_the_workers(tmp_path: Path) -> None:
    (tmp_path / "server.js").write_text(SERVICE + READY)
    app = App('shop "a"', "server.js", 2, 200 * MIB)
    (tmp_path / FILE).write_text(ecosystem(app))
    with pm2(tmp_path) as run:
        run("start", FILE)
        started = run.processes
        assert {p["name"] for p in started} == {app.name}
        assert [p["pm2_env"]["status"] for p in started] == ["online"] * 2
        settings = started[0]["pm2_env"]
        assert settings["exec_mode"] == "cluster_mode"
        assert settings["max_memory_restart"] == 200 * MIB
        assert settings["wait_ready"] is True
        assert settings["kill_timeout"] == 10_000
        assert settings["exp_backoff_restart_delay"] == 100
        assert _answer(tmp_path) in {p["pid"] for p in started}
        run("reload", app.name)
        reloaded = run.processes
        assert {p["pid"] for p in reloaded}.isdisjoint(p["pid"] for p in started)
        assert [p["pm2_env"]["status"] for p in reloaded] == ["online"] * 2
        assert _answer(tmp_path) in {p["pid"] for p in reloaded}
        run("scale", app.name, "3")
        assert len(run.processes) == 3


def test_the_steps_quote_the_name_and_hold_the_number() -> None:
    code = "\n".join(step.code for step in steps(App("a'; rm -rf /", "app.js", 4)))
    assert "pm2 reload 'a'\"'\"'; rm -rf /'" in code
    assert "pm2 scale 'a'\"'\"'; rm -rf /' 4" in code
    assert f"name: {json.dumps(chr(97) + chr(39) + '; rm -rf /')}" in code
    assert all(part in code for part in ("pm2 save", "pm2 startup", "pm2 logs", "instances: 4"))


@pytest.mark.parametrize(
    ("now", "limit", "workers", "expected"),
    [(100e6, 8e9, 4, 200e6), (100e6, 600e6, 4, 127.5e6), (100e6, 500e6, 4, None), (100e6, math.nan, 2, 200e6)],
)
def test_the_restart_limit_is_twice_todays_within_the_memory(
    now: float, limit: float, workers: int, expected: float | None
) -> None:
    assert restart_limit(now, limit, workers) == expected


def test_without_a_known_size_there_is_no_limit() -> None:
    assert restart_limit(math.nan, 8e9, 2) is None
    assert "max_memory_restart" not in ecosystem(App("shop", "app.js", 2))
