"""What a run does, from the environment and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

QUIET, LOADED = "quiet", "loaded"
PARTS = (QUIET, LOADED)


class OptionError(Exception):
    """An option that cannot be used; the text says which, and what it takes."""


class Options:
    """Seconds and counts. A quick run shows that everything works; its figures prove nothing."""

    def __init__(self, environ: Mapping[str, str], arguments: Sequence[str]) -> None:
        self.is_quick = bool(environ.get("QUICK"))
        self.settle = _count(environ, "SETTLE", 10 if self.is_quick else 40)
        self.window = _count(environ, "WINDOW", 20 if self.is_quick else 60)
        self.windows = _count(environ, "WINDOWS", 1 if self.is_quick else 3)
        self.intervals = tuple(_number("INTERVALS", text) for text in (environ.get("INTERVALS") or "10,5,1").split(","))
        self.parts = _parts(environ.get("PARTS") or ",".join(PARTS))
        self.peers = environ["PEERS"].split(",") if environ.get("PEERS") else None
        """Names of the peers to run; None for all that are there."""
        self.before = Path(environ["BEFORE"]).resolve() if environ.get("BEFORE") else None
        """Another checkout, whose agent runs beside this one's."""
        self.file = _file(arguments)


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(text.split(","))
    unknown = next((part for part in parts if part not in PARTS), None)
    if unknown is not None:
        raise OptionError(f'PARTS has "{unknown}"; it takes some of {",".join(PARTS)}.')
    return parts


def _file(arguments: Sequence[str]) -> Path | None:
    if not arguments:
        return None
    if len(arguments) != 2 or arguments[0] != "--write":
        raise OptionError("The one option is --write FILE.")
    return Path(arguments[1])


def _count(environ: Mapping[str, str], name: str, otherwise: int) -> int:
    return _number(name, environ.get(name) or str(otherwise))


def _number(name: str, text: str) -> int:
    if not text.isdigit() or not int(text):
        raise OptionError(f'{name} has "{text}"; it takes whole numbers from 1.')
    return int(text)
