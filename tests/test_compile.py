from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from advisor.compile import FOLDERS, compile_folder, compiled
from tests.compilers import need

PROJECT = Path(__file__).parents[1]
MERGE, SCAN, COPY = (PROJECT / "advisor" / name for name in ("features/merge", "ingest/scan", "store/copy"))
STRICT = ("-Wall", "-Wextra", "-Werror")
SANITIZED = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover")


def needs_compiler() -> None:
    need(compiled(SCAN).exists() or None)  # what is there and cannot be loaded is no reason to skip


def test_no_compiler_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert compile_folder(SCAN, to=tmp_path / "_scan.so") == "there is no C compiler (Debian: gcc)"


def test_no_headers_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/bin/true")
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    assert "python3-dev" in (compile_folder(SCAN, to=tmp_path / "_scan.so") or "")


def test_what_the_compiler_says_is_told(tmp_path: Path) -> None:
    needs_compiler()
    assert "-fnonsense" in (compile_folder(SCAN, "-fnonsense", to=tmp_path / "_scan.so") or "")
    assert not (tmp_path / "_scan.so").exists()


@pytest.mark.parametrize(
    ("folder", "hostile"),
    [
        (MERGE, "tests.features.merge.hostile"),
        (SCAN, "tests.ingest.scan.hostile"),
        (COPY, "tests.store.copy.hostile"),
    ],
)
def test_it_compiles_without_a_warning_and_keeps_to_its_memory(folder: Path, hostile: str, tmp_path: Path) -> None:
    """What hostile senders bring, with every read and write outside of its own memory found out by the sanitizers."""
    needs_compiler()
    to = tmp_path / f"_{folder.name}.so"
    assert compile_folder(folder, *STRICT, *SANITIZED, to=to) is None
    library = subprocess.run(("cc", "-print-file-name=libasan.so"), capture_output=True, text=True, check=True)
    environment = os.environ | {
        "LD_PRELOAD": library.stdout.strip(),
        "ASAN_OPTIONS": "detect_leaks=0",  # the interpreter's own
        "PYTHONMALLOC": "malloc",
        "ADVISOR_DATABASE_URL": "sqlite://:memory:",
    }
    run = subprocess.run(
        (sys.executable, "-m", hostile, str(to), "150"),
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stderr) == (0, ""), run.stderr[-4000:]
    assert int(run.stdout) >= 150


def test_all_that_is_written_in_c_is_compiled() -> None:
    assert FOLDERS == [MERGE, SCAN, COPY]
    assert [compiled(folder).name.partition(".")[0] for folder in FOLDERS] == ["_merge", "_scan", "_copy"]
