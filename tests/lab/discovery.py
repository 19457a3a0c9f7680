"""Finds the cases by their place, and the files of their programs."""

from __future__ import annotations

import fnmatch
import hashlib
import importlib
from pathlib import Path

from tests.lab.case import Case

LAB = Path(__file__).resolve().parent
OPEN, SEEN, FROZEN = "cases", "seen", "frozen"
APPS = LAB / "apps"
SUMS = LAB / FROZEN / "SHA256SUMS"


class WrongCaseError(Exception):
    """A case that cannot be run, in one sentence."""


def names(folder: str, pattern: str = "*") -> list[str]:
    """The names of the cases of a folder that match one of the patterns `a*,b`, in alphabetical order."""
    stems = (path.stem for path in (LAB / folder).glob("*.py") if not path.stem.startswith("_"))
    return sorted(stem for stem in stems if any(fnmatch.fnmatch(stem, one) for one in pattern.split(",")))


def load(folder: str, name: str) -> Case:
    """The case of this name. Raises `WrongCaseError`."""
    found = getattr(importlib.import_module(f"tests.lab.{folder}.{name}"), "case", None)
    if not isinstance(found, Case):
        raise WrongCaseError(f"{folder}/{name}.py sets no `case = Case(...)`.")
    complaint = wrong(folder, found)
    if complaint:
        raise WrongCaseError(f"{folder}/{name}.py: {complaint}")
    return found


def cases(folder: str, pattern: str = "*") -> dict[str, Case]:
    """The cases whose names match, by their names. Raises `WrongCaseError`."""
    return {name: load(folder, name) for name in names(folder, pattern)}


def script(folder: str, file: str) -> Path:
    """Where a program is: beside its case, or among the lab's own."""
    own = LAB / folder / "apps" / file
    return own if own.is_file() else APPS / file


def wrong(folder: str, case: Case) -> str:
    """What is wrong with a case, or nothing."""
    label = case.label
    missing = [service.script for service in case.services if not script(folder, service.script).is_file()]
    both = set(label.strategies) & set(label.forbidden)
    checks = {
        "it has no service": not case.services,
        "it has no phase": not case.phases,
        f"there is no program {', '.join(missing)}": bool(missing),
        f"{', '.join(sorted(both))} cannot be both accepted and forbidden": bool(both),
        "the first service is called after the case and has no name of its own": case.services[:1] != ()
        and bool(case.services[0].name),
        "every service but the first needs a name": any(not service.name for service in case.services[1:]),
        "a fault needs strategies": bool(label.rules) and not label.strategies,
        "the onset lies behind the end": case.onset >= case.seconds,
        "the reason is one sentence that ends with a full stop": not case.reason.endswith("."),
    }
    return "; ".join(text for text, holds in checks.items() if holds)


def sums() -> str:
    """One line `hash  path` for each frozen file, as `sha256sum` writes it."""
    root = LAB / FROZEN
    kinds = {".py", ".js"}
    files = sorted(path for path in root.rglob("*") if path.suffix in kinds and "node_modules" not in path.parts)
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n"
        for path in files
        if path.name != "__init__.py"
    )


def require_frozen() -> None:
    """Raises `WrongCaseError` if a frozen file is not as it was when its hash was committed."""
    kept = SUMS.read_text() if SUMS.is_file() else ""
    now = sums()
    if kept == now:
        return
    changed = sorted({line.split("  ", 1)[1] for line in set(kept.splitlines()) ^ set(now.splitlines())})
    raise WrongCaseError(f"Frozen files are not as they were committed: {', '.join(changed)}.")
