"""A new rule is one file and its test: judge, handbook and pages find it, and nothing else is edited."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scaffold.__main__ import new_rule

PROJECT = Path(__file__).resolve().parent.parent.parent
NAME = "requests-fail"
SEEN = f"""
from advisor.engine import RULES, judge
from tests.builders import snapshot
assert "{NAME}" in {{ruling.rule for ruling in judge(snapshot(), {{}}).rulings}}
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project as git knows it, in a folder of its own."""
    names = subprocess.run(("git", "ls-files", "-z"), cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (PROJECT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, tmp_path / name)
    return tmp_path


def run(copy: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(copy), "ADVISOR_DATABASE_URL": "sqlite://:memory:"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        (sys.executable, *command), cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_one_command_makes_a_rule_that_is_judged_and_has_its_pages(copy: Path) -> None:
    made = run(copy, "-m", "tests.scaffold", NAME).split()
    assert made == ["advisor/rules/requests_fail.py", "tests/rules/test_requests_fail.py"]
    run(copy, "-c", SEEN)
    run(copy, "manage.py", "write_handbook", "--check")
    assert "# Requests fail" in run(copy, "manage.py", "write_handbook", "--show", NAME)
    run(copy, "-m", "ruff", "check", *made)
    run(
        copy,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        made[1],
        "tests/engine/test_docs.py",
        "tests/pages/test_handbook.py",
    )
    assert {path.name for path in (copy / "templates/docs/rules").glob("requests*")} == {f"{NAME}.md"}


@pytest.mark.parametrize(("name", "why"), [
    ("Memory Leak", "lower-case words"), ("../evil", "lower-case words"), ("event-loop-blocked", "is there already"),
])  # fmt: skip
def test_a_wrong_name_is_said_so_and_nothing_is_written(name: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "advisor/rules").mkdir(parents=True)
    (tmp_path / "tests/rules").mkdir(parents=True)
    (tmp_path / "advisor/rules/event_loop_blocked.py").touch()
    with pytest.raises(SystemExit, match=why):
        new_rule(name, tmp_path)
    assert [path.name for path in tmp_path.rglob("*.py")] == ["event_loop_blocked.py"]
