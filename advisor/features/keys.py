"""The key by which data can be split: the column that most statements name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from advisor.features.statements import Statement

_DATA: Final = re.compile(r"\s*(?:select|insert|update|delete|with|merge)\b", re.IGNORECASE)
_COLUMN: Final = r"\b([a-z]\w*_id|tenant|region|account|customer|organi[sz]ation|workspace)\b\"?"
_COMPARED: Final = re.compile(rf"{_COLUMN}\s*(?:=|in\b)", re.IGNORECASE)
_INSERTED: Final = re.compile(r"\binsert\s+into\s+[^\s(]+\s*\(([^)]*)", re.IGNORECASE)
_LISTED: Final = re.compile(_COLUMN, re.IGNORECASE)
_SET: Final = re.compile(r"\bset\b.*?(?=\bwhere\b|$)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Key:
    """A column that refers to something: a tenant, a customer, a region.

    Attributes:
        name: the column.
        share: of the calls of all statements that read or write data, those that name it, 0 to 1. At least so many:
            the rest of a text that is cut is not known.
    """

    name: str
    share: float


def named_most(found: Iterable[Statement]) -> Key | None:
    """The column that most calls look for or insert; None where no statement names one."""
    calls: dict[str, float] = {}
    whole = 0.0
    for one in found:
        if _DATA.match(one.text):
            count = one.share / one.mean
            whole += count
            for name in _columns(one.text):
                calls[name] = calls.get(name, 0.0) + count
    best = min(calls, key=lambda name: (-calls[name], name), default=None)
    return Key(best, calls[best] / whole) if best is not None else None


def _columns(text: str) -> set[str]:
    """Those that it compares, or gives a value in a new row. A column that an update sets finds no row."""
    named = _COMPARED.findall(_SET.sub(" ", text))
    for columns in _INSERTED.findall(text):
        named += _LISTED.findall(columns)
    return {name.lower() for name in named}
