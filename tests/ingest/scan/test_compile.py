from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from advisor.ingest.scan.compile import compile_scanner, compiled

PROJECT = Path(__file__).parents[3]
STRICT = ("-Wall", "-Wextra", "-Werror")


def needs_compiler() -> None:
    if not compiled().exists():
        pytest.skip("There is no C compiler, or no headers of Python.")


def test_no_compiler_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert compile_scanner(to=tmp_path / "_scan.so") == "there is no C compiler (Debian: gcc)"


def test_no_headers_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/bin/true")
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    assert "python3-dev" in (compile_scanner(to=tmp_path / "_scan.so") or "")


def test_what_the_compiler_says_is_told(tmp_path: Path) -> None:
    needs_compiler()
    assert "-fnonsense" in (compile_scanner("-fnonsense", to=tmp_path / "_scan.so") or "")
    assert not (tmp_path / "_scan.so").exists()


def test_it_compiles_without_a_warning_and_keeps_to_its_memory(tmp_path: Path) -> None:
    """Hostile bodies, with every read and write outside of what is the scanner's own found out by the sanitizers."""
    needs_compiler()
    to = tmp_path / "_scan.so"
    assert compile_scanner(*STRICT, "-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover", to=to) is None
    library = subprocess.run(("cc", "-print-file-name=libasan.so"), capture_output=True, text=True, check=True)
    environment = os.environ | {
        "LD_PRELOAD": library.stdout.strip(),
        "ASAN_OPTIONS": "detect_leaks=0",  # the interpreter's own
        "PYTHONMALLOC": "malloc",
        "ADVISOR_DATABASE_URL": "sqlite://:memory:",
    }
    run = subprocess.run(
        (sys.executable, "-m", "tests.ingest.scan.hostile", str(to), "150"),
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stderr) == (0, ""), run.stderr[-4000:]
    assert int(run.stdout) > 150
