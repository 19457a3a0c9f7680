"""What is the matter with a database that refuses work, in words for who sent it something."""

from __future__ import annotations

import sqlite3
from typing import Final

from django.db import Error

_AWAY: Final = "The database is away."
_FULL: Final = "The disk of the database is full. Make room on it, then send it again."
_FAILING: Final = "The database cannot use its disk."
_HELD: Final = "The database is held up by other work."

_POSTGRESQL: Final = {
    "53100": _FULL,
    "58030": _FAILING,
    "55P03": _HELD,  # no lock in time
    "57014": _HELD,  # no end of the statement in time
}
"""By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html."""

_SQLITE: Final = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _FAILING,
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
}
"""By primary result code: https://www.sqlite.org/rescode.html."""


def explain(error: Error) -> str:
    """What an exception of Django says, by its driver's code; that the database is away where it says nothing else."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0)  # absent where Python itself found the fault
        return _SQLITE.get(code & 0xFF, _AWAY)
    return _POSTGRESQL.get(getattr(cause, "sqlstate", None) or "", _AWAY)
