"""A disk that somebody else has filled."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def filled(folder: Path) -> Path:
    """The file that takes up all that was left; remove it to make room again."""
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    return filler
