"""Where everything is required, a skipped test fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SAMPLE = """
import pytest

def test_passes():
    assert True

@pytest.mark.skip(reason="no browser here")
def test_is_skipped():
    raise AssertionError

@pytest.mark.xfail
def test_is_expected_to_fail():
    raise AssertionError
"""


@pytest.mark.parametrize(("plugin", "status"), [((), 0), (("-p", "tests.no_skips"), 1)])
def test_a_skip_fails_only_with_the_plugin(tmp_path: Path, plugin: tuple[str, ...], status: int) -> None:
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = (sys.executable, "-m", "pytest", "-p", "no:django", *plugin, "-c", str(tmp_path / "pytest.ini"))
    result = subprocess.run((*command, str(tmp_path)), cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == status, result.stdout
    assert ("no browser here" in result.stdout and "1 passed, 1 xfailed, 1 error" in result.stdout) == bool(status)
