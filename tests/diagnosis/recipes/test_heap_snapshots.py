"""Heap snapshots: V8 writes one before it ends a process; on a signal see the test of fix-leak."""

from __future__ import annotations

import subprocess
from pathlib import Path

from advisor.diagnosis.recipes.heap_snapshots import BEFORE_THE_END, compared
from tests.strategies.tools.node import PATIENCE, program
from tests.strategies.tools.shell import read

FILLS = "const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length).map(String));"


def test_what_fills_the_heap_is_written_before_v8_ends_the_process(tmp_path: Path) -> None:
    code = BEFORE_THE_END.code.replace("node server.js", f'{program()} --max-old-space-size=24 -e "{FILLS}"')
    done = subprocess.run(["sh", "-c", code], cwd=tmp_path, capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode != 0
    assert len(list(tmp_path.glob("*.heapsnapshot"))) == 1
    assert len(list(tmp_path.glob("report.*.json"))) == 1


def test_the_wait_is_told_and_the_signal_names_the_process() -> None:
    steps = compared(4711, 7_200.0)
    assert "a second 2 hours later" in steps[1].text
    assert "kill -USR2 4711" in read(steps)
