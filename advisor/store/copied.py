"""The rows of PostgreSQL's COPY, taken from the driver as they come.

Its own loop takes as long for each row as PostgreSQL. So rows are taken in C from libpq, which the driver is made of,
where that could be compiled and the driver is not in Python.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from psycopg import Connection, Copy, OperationalError, pq
from psycopg.abc import PQGen
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn
from psycopg.waiting import Wait

from advisor.features.runs import Whole
from advisor.store.binary import COMPILED, WHOLE

_HEAD: Final = 19
"""Bytes before the rows (PostgreSQL, "COPY": binary format): signature, flags, length of what else the head holds."""

_PAUSE: Final = 0.0003
"""Seconds in which further rows gather. PostgreSQL sends 8 KB at a time, and to wake up for each takes both sides a
sixth of their time. It stops where 200 KB are not yet taken; in this time it tells 60."""

_ENOUGH: Final = 1 << 20
"""Bytes of rows that are taken together, so that nobody who wants to end this waits until all have come."""

_BEHIND: Final = bytes(WHOLE.itemsize)
"""So that a null at the end has bytes behind it, whatever it is read as."""

_FAILED: Final = -2
"""What libpq says instead of a size where the connection is lost."""

_Taken = tuple[int, bytes, bytes]
"""The size of the next row: 0 where it has not come, less where there is none; the rows, and their sizes as int64."""


def copied(copy: Copy) -> tuple[bytes, Whole]:
    """The rows one behind the other with some bytes behind the last, and the size of each, in no order.

    Raises:
        psycopg.Error: the rows ended before their end.
    """
    first = _without_head(bytes(copy.read()))
    pieces = [(first, np.array([len(first)], np.int64).tobytes()), *_pieces(copy.connection), (_BEHIND, b"")]
    _end(copy.connection)
    rows, sizes = (b"".join(each) for each in zip(*pieces, strict=True))
    return rows, np.frombuffer(sizes, np.int64)[:-1]  # the last message says that there are no more


def _pieces(connected: Connection[Any]) -> Iterator[tuple[bytes, bytes]]:
    """What has come, again and again."""
    size = 0
    while size == 0:
        size, rows, sizes = _take(connected.pgconn)
        yield rows, sizes
        if size == 0 and rows:
            time.sleep(_PAUSE)
        elif size == 0:
            connected.wait(_more())
    if size == _FAILED:
        raise OperationalError(connected.pgconn.get_error_message())


def _without_head(first: bytes) -> bytes:
    return first[_HEAD + int.from_bytes(first[_HEAD - 4 : _HEAD], "big") :]


def _more() -> PQGen[None]:
    while not (yield Wait.R):
        continue


def _end(connected: Connection[Any]) -> None:
    """Raise what ended the rows before their end."""
    result = connected.wait(fetch_many(connected.pgconn))[-1]
    if result.status != ExecStatus.COMMAND_OK:
        raise error_from_result(result)


def _in_python(pgconn: PGconn) -> _Taken:
    """What the module in C does."""
    rows: list[bytes] = []
    taken = 0
    while True:
        before = taken
        pgconn.consume_input()
        size, row = pgconn.get_copy_data(1)
        while size > 0:
            rows.append(bytes(row))
            taken += size
            size, row = pgconn.get_copy_data(1)
        if size or taken == before or taken > _ENOUGH:
            return size, b"".join(rows), np.array([len(each) for each in rows], np.int64).tobytes()


def _library() -> tuple[int, ...] | None:
    """Where the functions of the driver's libpq lie, in memory; None where nobody can say."""
    if pq.__impl__ == "python":
        return None
    try:
        driver = ctypes.CDLL(sys.modules[pq.PGconn.__module__].__file__)
        found = [getattr(driver, name) for name in ("PQconsumeInput", "PQgetCopyData", "PQfreemem")]
    except (OSError, AttributeError, KeyError):
        return None
    return tuple(ctypes.cast(function, ctypes.c_void_p).value or 0 for function in found)


_LIBRARY: Final = _library()


def _in_c(pgconn: Any, compiled: Any = COMPILED) -> _Taken:
    """The same, while other threads go on."""
    nowhere = 0  # where one lies that is closed: libpq says that it is
    taken: _Taken = compiled.taken(_LIBRARY, pgconn.pgconn_ptr or nowhere, _ENOUGH)
    return taken


_take: Final = _in_python if COMPILED is None or _LIBRARY is None else _in_c
