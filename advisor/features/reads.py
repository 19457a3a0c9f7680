"""Which of a service's requests and statements only read, and which of those must never be answered with the past."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from advisor.features.routes import Route
from advisor.features.statements import Statement

_READS: Final = ("GET", "HEAD")
_WRITES: Final = ("POST", "PUT", "PATCH", "DELETE")
_WRITING: Final = re.compile(r"\b(?:insert|update|delete|merge|truncate)\b", re.IGNORECASE)
_READING: Final = re.compile(r"^\s*(?:select|with|table|values)\b", re.IGNORECASE)
_TABLES: Final = re.compile(r"\b(?:from|join)\s+([\w.\"]+)", re.IGNORECASE)

_EXACT: Final = re.compile(
    r"pay|paid|payments?|payouts?|checkouts?|carts?|baskets?|orders?|invoices?|billing|wallets?|balances?"
    r"|transactions?|inventor(?:y|ies)|stocks?|availability|log(?:in|out)|sign(?:in|out|up)|sessions?|tokens?|passwords?"
    r"|o?auth\d?|auth(?:enticat|oriz|oris)\w*"
)
"""Words of money, stock and login: an old answer there sells what is gone, or lets in who left."""


@dataclass(frozen=True, slots=True)
class Reads:
    """What may be answered from a cache, of all routes or of all statements.

    Attributes:
        names: the reads that may be a little old, most time first.
        share: their share of the time, 0 to 1.
        exact: the reads about money, stock or login.
        exact_share: their share of the time, 0 to 1.
        writes: the share of requests or calls that write, 0 to 1, of those that read or write.
    """

    names: tuple[str, ...]
    share: float
    exact: tuple[str, ...]
    exact_share: float
    writes: float


@dataclass(frozen=True, slots=True)
class _Use:
    name: str
    reads: bool
    writes: bool
    exact: bool
    time: float
    count: float


def of_routes(routes: Iterable[Route]) -> Reads:
    """By the method and the words of each path."""
    return _reads([_of_route(route) for route in routes])


def of_statements(statements: Iterable[Statement]) -> Reads:
    """By the first word of each statement and the names of the tables that it reads."""
    return _reads([_of_statement(one) for one in statements])


def _of_route(route: Route) -> _Use:
    method, _, path = route.name.partition(" ")
    return _Use(route.name, method in _READS, method in _WRITES, _is_exact(path), route.time_share, route.count)


def _of_statement(one: Statement) -> _Use:
    writes = bool(_WRITING.search(one.text))
    reads = not writes and bool(_READING.search(one.text))
    exact = any(_is_exact(table) for table in _TABLES.findall(one.text))
    return _Use(one.text, reads, writes, exact, one.share, one.share / one.mean)


def _is_exact(words: str) -> bool:
    plain = re.sub(r"([a-z])([A-Z])", r"\1 \2", words).lower()
    return any(_EXACT.fullmatch(word) for word in re.split(r"[^a-z0-9]+", plain))


def _reads(uses: Sequence[_Use]) -> Reads:
    ranked = sorted(uses, key=lambda use: -use.time)
    may = [use for use in ranked if use.reads and not use.exact]
    exact = [use for use in ranked if use.reads and use.exact]
    written = sum(use.count for use in uses if use.writes)
    both = written + sum(use.count for use in uses if use.reads)
    return Reads(
        tuple(use.name for use in may),
        min(1.0, sum(use.time for use in may)),
        tuple(use.name for use in exact),
        min(1.0, sum(use.time for use in exact)),
        written / both if both > 0 else 0.0,
    )
