"""A kernel's table of files: sysctl reads the setting, and the shell counts who fills it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from advisor.diagnosis.recipes.kernel_files import DOUBLED, FILE, HOLDERS, doubled, drop_in, steps
from tests.strategies.tools import shell
from tests.strategies.tools.sysctl import understood


def test_sysctl_understands_the_setting(tmp_path: Path) -> None:
    assert understood(drop_in(262_144), tmp_path) == ("fs.file-max = 262144\n", "")


def test_sysctl_would_tell_a_mistake(tmp_path: Path) -> None:
    _, said = understood(drop_in(262_144).replace("file-max", "files-max"), tmp_path)
    assert "files-max" in said


def test_the_setting_is_loaded_and_read_back() -> None:
    _, written, load = steps(262_144)
    assert (written.file, written.code) == (FILE, "fs.file-max = 262144\n")
    assert load.code.splitlines() == ["sysctl --system", "cat /proc/sys/fs/file-nr"]
    assert len(shell.read(steps(262_144))) == 2


def test_a_limit_that_nobody_knows_is_doubled_where_it_is_read(tmp_path: Path) -> None:
    now, written = tmp_path / "file-max", tmp_path / "60-file-max.conf"
    now.write_text("100000\n")
    code = doubled()[1].code
    assert code == DOUBLED
    subprocess.run(
        ["bash", "-c", code.replace("/proc/sys/fs/file-max", str(now)).replace(FILE, str(written))], check=True
    )
    assert understood(written.read_text(), tmp_path) == ("fs.file-max = 200000\n", "")
    assert Path("/proc/sys/fs/file-max").read_text().strip().isdigit()
    assert len(shell.read(doubled())) == 3


def test_the_fullest_processes_are_counted() -> None:
    told = subprocess.run(["bash", "-c", HOLDERS.replace("| head", "")], capture_output=True, text=True, check=True)
    found = {int(line.split()[1]): int(line.split()[0]) for line in told.stdout.splitlines()}
    counts = list(found.values())
    assert found[os.getpid()] > 2
    assert counts == sorted(counts, reverse=True)
