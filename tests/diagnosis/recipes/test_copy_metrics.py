"""Metrics of a copy: real Node.js tells them, on the page of prom-client and in the lines of the log."""

from __future__ import annotations

import json
import time
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from advisor.diagnosis.recipes.container import Signals
from advisor.diagnosis.recipes.copy_metrics import (
    COUNTER,
    FILE,
    LOOP,
    PERIOD,
    PORT,
    REQUESTS,
    SOCKETS,
    line,
    page,
    told,
)
from tests.strategies.tools.nginx import free_port
from tests.strategies.tools.npm import PG, run, with_packages

USED = """import { once } from "node:events";
import { createServer } from "node:http";
import { WebSocket, WebSocketServer } from "ws";
import { tellMetrics } from "./metrics.mjs";

const server = createServer((request, response) => response.end());
const sockets = new WebSocketServer({ server });
tellMetrics(server);
await once(server.listen(0, "127.0.0.1"), "listening");
const { port } = server.address();
for (let n = 0; n < 3; n += 1) await (await fetch(`http://127.0.0.1:${port}/`)).text();
for (let n = 0; n < 2; n += 1) await once(new WebSocket(`ws://127.0.0.1:${port}`), "open");
const [first] = sockets.clients;
const gone = once(first, "close");
first.close();
await gone;
"""
"""Three requests, and one WebSocket of two that is still open."""

READ = 'console.log(await (await fetch("http://127.0.0.1:PORT/metrics")).text());\nprocess.exit();\n'

TICK = """let tick, period;
globalThis.setInterval = (call, ms) => { [tick, period] = [call, ms]; return { unref() {} }; };
"""
WRITTEN = """tick();
await new Promise((resolve) => process.stdout.write(`${period}\\n`, resolve));
process.exit();
"""


def _told(folder: Path, module: str, script: str) -> str:
    (folder / FILE).write_text(module)
    (folder / "run.mjs").write_text(script)
    done = run(with_packages(folder, PG), "run.mjs")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def _page(folder: Path, *names: str) -> dict[str, float]:
    port = str(free_port())
    found = _told(folder, page(names).replace(str(PORT), port), USED + READ.replace("PORT", port))
    rows = [row.split() for row in found.splitlines() if row and not row.startswith("#")]
    return {series: float(value) for series, value in rows}


def _line(folder: Path, *names: str) -> dict[str, Any]:
    script = USED.replace("\ntellMetrics(server)", f"\n{TICK}tellMetrics(server)") + WRITTEN
    written, period = _told(folder, line(names, "shop"), script).splitlines()
    assert int(period) == PERIOD * 1000
    found: dict[str, Any] = json.loads(written)
    return found


@pytest.mark.parametrize("names", [(LOOP, REQUESTS, SOCKETS), (REQUESTS,), (LOOP, SOCKETS)])
def test_the_page_tells_what_is_followed_and_nothing_else(tmp_path: Path, names: tuple[str, ...]) -> None:
    found = _page(tmp_path, *names)
    assert set(found) == {COUNTER if name == REQUESTS else name for name in names}
    assert found.get(COUNTER, 3.0) == 3.0
    assert found.get(SOCKETS, 1.0) == 1.0
    assert 0.0 < found.get(LOOP, 0.5) <= 1.0


@pytest.mark.parametrize("names", [(LOOP, SOCKETS), (LOOP,), (SOCKETS,)])
def test_a_line_of_the_log_is_in_the_embedded_metric_format(tmp_path: Path, names: tuple[str, ...]) -> None:
    """By the specification: what is named stands as a number at the root, and the time is in milliseconds."""
    found = _line(tmp_path, *names)
    told = found.pop("_aws")
    assert abs(told.pop("Timestamp") / 1000 - time.time()) < 600
    assert told == {
        "CloudWatchMetrics": [{"Namespace": "shop", "Dimensions": [[]], "Metrics": [{"Name": name} for name in names]}]
    }
    assert set(found) == set(names)
    assert found.get(SOCKETS, 1) == 1
    assert 0.0 < found.get(LOOP, 0.5) <= 1.0


@pytest.mark.parametrize(("on_cpu", "rate", "sockets"), [*product((True, False), (None, 9.0), (None, 9.0))])
def test_what_the_platform_sees_by_itself_is_not_told(on_cpu: bool, rate: float | None, sockets: float | None) -> None:
    found = told(Signals(on_cpu, rate, sockets))
    assert (LOOP in found) is not on_cpu
    assert (REQUESTS in found) is (rate is not None)
    assert (SOCKETS in found) is (sockets is not None)
