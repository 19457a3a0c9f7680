"""Heap snapshots: V8 writes one before it ends a process, and on a signal where it was told to."""

from __future__ import annotations

import subprocess
from pathlib import Path

from advisor.diagnosis.recipes.heap_snapshots import BEFORE_THE_END, FLAG, compared
from tests.strategies.tools.node import PATIENCE, WATCHES, program, running
from tests.strategies.tools.shell import read

FILLS = "const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length).map(String));"


def test_what_fills_the_heap_is_written_before_v8_ends_the_process(tmp_path: Path) -> None:
    code = BEFORE_THE_END.code.replace("node server.js", f'{program()} --max-old-space-size=24 -e "{FILLS}"')
    done = subprocess.run(["sh", "-c", code], cwd=tmp_path, capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode != 0
    assert len(list(tmp_path.glob("*.heapsnapshot"))) == 1
    assert len(list(tmp_path.glob("report.*.json"))) == 1


def test_the_wait_is_told_and_that_the_number_is_a_new_one() -> None:
    steps = compared(4711, 7_200.0)
    assert "a second 2 hours later" in steps[1].text
    assert "no longer 4711" in steps[1].text
    assert all("4711" not in code for code in read(steps))


def test_only_a_process_with_the_flag_is_signalled(tmp_path: Path) -> None:
    (tmp_path / "server.mjs").write_text(WATCHES)
    flag = f"{FLAG}=SIGUSR2"
    for option, told, files in (((), "", 0), ((), flag, 1), ((flag,), "", 1)):
        with running(tmp_path / "server.mjs", *option, NODE_OPTIONS=told) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            code = compared(4711, 60.0)[1].code.replace("NEW_PID", str(process.pid))
            sent = subprocess.run(["sh", "-c", code], capture_output=True, timeout=PATIENCE, check=False)
            assert (sent.returncode == 0) is bool(files)
            if files:
                assert process.stdout.readline().endswith(".heapsnapshot\n")
            assert process.poll() is None, "it goes on serving"
