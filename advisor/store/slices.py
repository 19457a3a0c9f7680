"""Cuts what is too long for one statement: SQLite takes 32,766 variables in one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def slices(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The rows in their order, at most `size` at once; nothing where there are none."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
