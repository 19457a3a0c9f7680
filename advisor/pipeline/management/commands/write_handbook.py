"""`manage.py write_handbook`: the handbook as Markdown files, from the docstrings of rules and strategies."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from advisor.engine import RULES, STRATEGIES
from advisor.engine.docs import markdown


class Command(BaseCommand):
    """Writes a file a rule and a strategy; `--check` only compares; `--show ID` prints one."""

    help = "Write the handbook to templates/docs, or check that it says what the rules and strategies say."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--check` and `--show`."""
        one = parser.add_mutually_exclusive_group()
        one.add_argument("--check", action="store_true", help="write nothing; fail where a file differs")
        one.add_argument("--show", metavar="ID", help="print the page of one rule or strategy")

    def handle(self, *args: Any, check: bool = False, show: str | None = None, **options: Any) -> None:
        """Write, compare or print."""
        if show is not None:
            self._show(show)
            return
        folder = Path(settings.BASE_DIR) / "templates/docs"
        different = [path for path, text in pages(folder).items() if not path.exists() or path.read_text() != text]
        left = [path for path in kept(folder) if path not in pages(folder)]
        if check and (different or left):
            names = ", ".join(sorted(str(path.relative_to(folder)) for path in (*different, *left)))
            raise CommandError(f"The handbook is out of date: {names}. Run: manage.py write_handbook")
        if not check:
            _write(pages(folder), left)
            self.stdout.write(f"{len(different)} written, {len(left)} removed.")

    def _show(self, name: str) -> None:
        if name not in RULES and name not in STRATEGIES:
            raise CommandError(f"There is no rule or strategy {name}. There are: {', '.join((*RULES, *STRATEGIES))}")
        self.stdout.write(markdown(name))


def pages(folder: Path) -> dict[Path, str]:
    """File -> what it must say."""
    groups: Mapping[str, Mapping[str, Any]] = {"rules": RULES, "strategies": STRATEGIES}
    return {folder / group / f"{name}.md": markdown(name) for group, names in groups.items() for name in names}


def kept(folder: Path) -> list[Path]:
    """The files of the handbook that are there."""
    return [path for group in ("rules", "strategies") for path in sorted((folder / group).glob("*.md"))]


def _write(texts: Mapping[Path, str], left: list[Path]) -> None:
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for path in left:
        path.unlink()
