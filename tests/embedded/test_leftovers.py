"""Only what a pid file proves to be ours is ended."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from advisor.embedded import leftovers

PAUSE = "import signal; print('up', flush=True); signal.pause()"
DEAF = f"import signal; signal.signal(signal.SIGTERM, lambda *_: print(1)); {PAUSE}; signal.pause()"


@pytest.fixture(params=[PAUSE, DEAF], ids=["obedient", "deaf"])
def process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    monkeypatch.setattr(leftovers, "PATIENCE_SECONDS", 1.0)
    with subprocess.Popen((sys.executable, "-c", request.param), stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == b"up\n"
        yield started
        started.kill()


def note(path: Path, pid: int, started: float) -> None:
    path.write_text(json.dumps({"pid": pid, "started": started}))


@pytest.mark.processes
def test_what_was_left_behind_ends(tmp_path: Path, process: subprocess.Popen[bytes]) -> None:
    note(tmp_path / "web.pid", process.pid, psutil.Process(process.pid).create_time())
    assert leftovers.clear(tmp_path) == 1
    assert not psutil.pid_exists(process.pid)
    assert not list(tmp_path.iterdir())


@pytest.mark.processes
@pytest.mark.parametrize("process", [PAUSE], indirect=True)
def test_a_number_that_belongs_to_somebody_else_now_is_left_alone(
    tmp_path: Path, process: subprocess.Popen[bytes]
) -> None:
    note(tmp_path / "web.pid", process.pid, psutil.Process(process.pid).create_time() - 60)
    assert leftovers.clear(tmp_path) == 0
    assert process.poll() is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"pid": "x", "started": 0}', '{"pid": 4194305, "started": 0}'])
def test_a_torn_file_is_only_removed(tmp_path: Path, text: str) -> None:
    (tmp_path / "web.pid").write_text(text)
    assert leftovers.clear(tmp_path) == 0
    assert not list(tmp_path.iterdir())
