"""Rows for a statement of PostgreSQL as one list a column."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def as_lists(rows: Collection[Sequence[object]], types: Sequence[str]) -> tuple[str, list[str]]:
    """A query that tells the rows, one or more, and its variables.

    However many there are, the statement stays the same, so that the driver reads it once; and of a list it takes as
    long for each value as for all of its text.

    Args:
        rows: numbers, and text of letters, digits and hyphens alone: nothing is quoted.
        types: PostgreSQL's, of each column.
    """
    places = ", ".join(f"%s::{type}[]" for type in types)
    lists: list[str] = [f"{{{','.join(map(str, column))}}}" for column in zip(*rows, strict=True)]
    return f"SELECT * FROM unnest({places})", lists  # noqa: S608  # places alone
