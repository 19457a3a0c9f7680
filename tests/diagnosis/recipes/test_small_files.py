"""Small files: what counts and removes them runs on real folders."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from advisor.diagnosis.recipes.small_files import most, old, removed
from tests.strategies.tools import shell


def _run(command: str) -> str:
    return subprocess.run(["bash", "-ec", command], capture_output=True, text=True, check=True).stdout


def test_the_folder_with_most_files_comes_last(tmp_path: Path) -> None:
    few, many = tmp_path / "it's few", tmp_path / "many"
    for folder, count in ((few, 2), (many, 30)):
        folder.mkdir()
        for n in range(count):
            (folder / str(n)).touch()
    lines = _run(most(str(tmp_path))).splitlines()
    counted = [line.split("\t") for line in lines if "\t" in line]
    assert counted == [["3", str(few)], ["31", str(many)], ["35", str(tmp_path)]]
    assert "IUse%" in "".join(lines)


def test_only_old_files_go(tmp_path: Path) -> None:
    kept, gone = tmp_path / "new", tmp_path / "old"
    for file in (kept, gone):
        file.touch()
    week = time.time() - 9 * 86_400
    os.utime(gone, (week, week))
    listed = _run(old(str(tmp_path), 7))
    assert listed.splitlines() == [str(gone)]
    assert (kept.exists(), gone.exists()) == (True, False)


def test_the_shell_reads_every_command() -> None:
    assert len(shell.read(removed("/it's data"))) == 2
