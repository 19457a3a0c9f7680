"""`manage.py replay FILE`: a recording judged from the command line, in a database of its own."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.exports import HOST, NOW, PROCESS, counter, gauge, number, resource

PROJECT = Path(__file__).resolve().parent.parent.parent
MINUTES = 14
STEP = 10.0
MODE = "cpu.mode"


def exports(busy: float) -> Iterator[dict[str, Any]]:
    """One process whose loop is busy, on a host with four cores that is not, each ten seconds."""
    for n in range(int(MINUTES * 60 / STEP)):
        at = NOW + n * STEP
        active, cpu = busy * STEP, {MODE: "user"}
        process = resource(
            PROCESS,
            counter(
                "nodejs.eventloop.time",
                number(active, at, STEP, {"nodejs.eventloop.state": "active"}),
                number(STEP - active, at, STEP, {"nodejs.eventloop.state": "idle"}),
            ),
            gauge("nodejs.eventloop.utilization", number(busy, at)),
            gauge("nodejs.eventloop.delay.max", number(0.015, at)),
            counter("advisor.process.main_thread.cpu.time", number(active * 0.97, at, STEP)),
            counter(
                "process.cpu.time",
                number(active * 0.98, at, STEP, cpu),
                number(0.02 * active, at, STEP, {MODE: "system"}),
            ),
        )
        host = resource(
            HOST,
            counter(
                "system.cpu.time",
                number(active, at, STEP, cpu),
                number(4 * STEP - active, at, STEP, {MODE: "idle"}),
            ),
            gauge("system.cpu.logical.count", number(4.0, at)),
        )
        yield {"resourceMetrics": [process, host]}


def write(path: Path, busy: float) -> Path:
    text = "".join(json.dumps(export) + "\n" for export in exports(busy))
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def replay(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ADVISOR_HOME": str(home / "home")}
    environment.pop("ADVISOR_DATABASE_URL", None)
    command = (sys.executable, str(PROJECT / "manage.py"), "replay", *arguments)
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=home)


def test_a_recording_of_a_full_loop_says_so_after_the_hold(tmp_path: Path) -> None:
    done = replay(tmp_path, str(write(tmp_path / "full.jsonl.gz", 0.9)), "--json")
    assert done.returncode == 0, done.stderr
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    (firing,) = [change for change in seen if change["verdict"] == "firing"]
    assert (firing["service"], firing["rule"]) == ("shop", "event-loop-saturated")
    assert firing["strategy"] == "cluster"
    assert 300 <= firing["after"] <= 600
    assert "84 exports read; points turned away: 0." in done.stderr


def test_a_quiet_one_says_nothing_is_wrong_and_people_can_read_it(tmp_path: Path) -> None:
    done = replay(tmp_path, str(write(tmp_path / "quiet.jsonl", 0.2)), "--step", "60")
    assert done.returncode == 0, done.stderr
    assert "firing" not in done.stdout
    assert "shop  event-loop-saturated  clear: shop: the event loop is 20% busy" in done.stdout


@pytest.mark.parametrize(("line", "why"), [
    ("hello", "Line 2 holds no time"),
    ('{"resourceMetrics": [{"timeUnixNano": "1795408200000000000"', "Line 2: The body"),
])  # fmt: skip
def test_a_line_that_is_no_export_is_named(tmp_path: Path, line: str, why: str) -> None:
    path = write(tmp_path / "spoilt.jsonl", 0.2)
    first, *_ = path.read_text().splitlines()
    path.write_text(f"{first}\n{line}\n")
    done = replay(tmp_path, str(path))
    assert done.returncode == 1
    assert why in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("arguments", "why"), [
    (("absent.jsonl",), "There is no file absent.jsonl"), (("absent.jsonl", "--step", "0"), "greater than 0"),
])  # fmt: skip
def test_what_cannot_be_is_said(tmp_path: Path, arguments: tuple[str, ...], why: str) -> None:
    done = replay(tmp_path, *arguments)
    assert done.returncode == 1
    assert why in done.stderr
