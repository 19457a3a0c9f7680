"""Writes the two files of a new rule, and its page of the handbook."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from string import Template

HERE = Path(__file__).resolve().parent


def new_rule(name: str, project: Path) -> tuple[Path, Path]:
    """Write rule and test of this id; a `SystemExit` says what is wrong with the id."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise SystemExit(f"NAME={name}: an id is lower-case words with hyphens between, such as memory-leak.")
    stem = name.replace("-", "_")
    rule, test = project / f"advisor/rules/{stem}.py", project / f"tests/rules/test_{stem}.py"
    for path in (rule, test):
        if path.exists():
            raise SystemExit(f"{path.relative_to(project)} is there already; choose another NAME.")
    words = {"id": name, "title": name.replace("-", " ").capitalize()}
    for path, template in ((rule, "rule.txt"), (test, "test.txt")):
        path.write_text(Template((HERE / template).read_text()).substitute(words))
    return rule, test


def main() -> None:
    """Make the rule that the command line names; the rest of the product finds it by its place."""
    if len(sys.argv) != 2 or not sys.argv[1]:
        raise SystemExit("Say which: make new-rule NAME=requests-fail")
    project = HERE.parent.parent
    rule, test = new_rule(sys.argv[1], project)
    subprocess.run((sys.executable, "-m", "ruff", "format", "--quiet", str(rule), str(test)), check=True)
    subprocess.run((sys.executable, "manage.py", "write_handbook"), cwd=project, check=True, stdout=subprocess.DEVNULL)
    sys.stdout.write(f"{rule.relative_to(project)}\n{test.relative_to(project)}\n")


if __name__ == "__main__":
    main()
