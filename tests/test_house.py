"""The house rules of CONTRIBUTING.md, as far as a machine can see them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
FILE_LINES = 250
FUNCTION_LINES = 50

RULE_HEADINGS = ["What it sees", "Why it matters", "What to do", "Known limits", "References"]
STRATEGY_HEADINGS = ["When it fits", "When it does not", "How", "What it costs", "How to verify", "References"]
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
"""Names that say nothing about what is inside."""

MADE_BY_TOOLS = ("/migrations/", "static/vendor/", "tests/recordings/")


def tracked() -> list[Path]:
    """Every file of the project, as git knows them."""
    names = subprocess.run(("git", "ls-files", "-z"), cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    paths = (PROJECT / name for name in names.split("\0") if name)
    return [path for path in paths if path.is_file() and not any(part in str(path) for part in MADE_BY_TOOLS)]


TRACKED = tracked()
CODE = [path for path in TRACKED if path.suffix in {".py", ".js", ".css", ".html", ".c", ".h"}]
PYTHON = [path for path in TRACKED if path.suffix == ".py"]
PRODUCT = [path for path in PYTHON if path.is_relative_to(PROJECT / "advisor") or "agents/python/src" in str(path)]
SHOWN = [path for path in TRACKED if path.is_relative_to(PROJECT / "templates") and path.suffix in {".html", ".txt"}]


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text())) or ""


def knowledge(folder: str) -> list[Path]:
    """The modules of a package that holds one thing a file."""
    return [path for path in PRODUCT if path.parent == PROJECT / folder and not path.name.startswith("__")]


def test_files_are_short() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in CODE}
    assert {path: lines for path, lines in lengths.items() if lines > FILE_LINES} == {}


def test_functions_are_short() -> None:
    long = {
        f"{name(path)}:{node.lineno} {node.name}": lines
        for path in PYTHON
        for node in functions(path)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}


def test_functions_say_what_they_return() -> None:
    assert [f"{name(p)}:{node.lineno} {node.name}" for p in PRODUCT for node in functions(p) if not node.returns] == []


def test_names_say_something() -> None:
    assert [name(path) for path in CODE if EMPTY_NAMES & {path.stem, path.parent.name}] == []


def test_modules_say_what_they_are() -> None:
    assert [name(path) for path in PRODUCT if path.read_text().strip() and not docstring(path)] == []


def test_packages_say_what_comes_in_and_what_goes_out() -> None:
    packages = [path for path in PRODUCT if path.name == "__init__.py" and "/management/" not in str(path)]
    missing = {
        name(path): absent
        for path in packages
        if (absent := [line for line in ("In: ", "Out: ", "May import: ") if f"\n{line}" not in docstring(path)])
        and path.is_relative_to(PROJECT / "advisor")
        and path.parent.name != "advisor"  # the root is the product itself
    }
    assert missing == {}


def test_packages_with_tables_hold_nothing_else_in_their_init() -> None:
    inits = [path.with_name("__init__.py") for path in PRODUCT if path.name == "models.py"]
    assert inits
    assert [name(path) for path in inits if len(ast.parse(path.read_text()).body) != 1] == []


@pytest.mark.parametrize(
    ("folder", "headings"), [("advisor/rules", RULE_HEADINGS), ("advisor/strategies", STRATEGY_HEADINGS)]
)
def test_knowledge_is_explained_under_the_same_headings(folder: str, headings: list[str]) -> None:
    found = {name(path): re.findall(r"^## (.+)$", docstring(path), re.MULTILINE) for path in knowledge(folder)}
    assert found
    assert {path: seen for path, seen in found.items() if seen != headings} == {}


def test_imports_stand_at_the_top_or_say_why_not() -> None:
    hidden = []
    for path in PRODUCT:
        lines = path.read_text().splitlines()
        for function in functions(path):
            imports = (node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom))
            near = ((node.lineno, "\n".join(lines[max(node.lineno - 8, 0) : node.end_lineno])) for node in imports)
            hidden += [f"{name(path)}:{number}" for number, text in near if "#" not in text and '"""' not in text]
    assert hidden == []


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    assert [name(path) for path in TRACKED if path.suffix != ".lock" and marks.search(_text(path))] == []


def test_nothing_speaks_of_one_machine() -> None:
    """No file names the folder that somebody's checkout lies in."""
    assert [name(path) for path in TRACKED if f"{PROJECT}/" in _text(path)] == []


def test_pages_hold_no_unescaped_text_and_no_inline_code() -> None:
    unsafe = re.compile(
        r"\|\s*safe\b|autoescape off|<style|\sstyle=|\son\w+=|<script(?![^>]*(?:\ssrc=|application/json))"
    )
    assert [name(path) for path in SHOWN if "email" not in path.parts and unsafe.search(path.read_text())] == []
    marked = re.compile(r"\bmark_" + "safe|SafeString" + r"\(")
    assert [name(path) for path in PRODUCT if marked.search(path.read_text())] == []
    scripts = [path for path in TRACKED if path.suffix == ".js"]
    assert [
        name(path) for path in scripts if re.search(r"(?:inner|outer)HTML|insertAdjacentHTML", path.read_text())
    ] == []


def test_words_on_screen_are_calm() -> None:
    shouting = re.compile(r"\w!(?:\s|$|<)")
    assert [name(path) for path in SHOWN if shouting.search(path.read_text())] == []


def test_the_floors_of_the_house_stand() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run((linter, "--no-cache"), cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def _text(path: Path) -> str:
    return path.read_text(errors="replace")
