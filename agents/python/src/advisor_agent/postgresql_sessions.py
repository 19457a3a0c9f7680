"""What the sessions of a PostgreSQL do: how many run a statement, and what they wait for.

A commit waits for milliseconds, and sessions often wait together for the same flush of the log: one look finds all of
them at it or none. So it is the mean of some looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from advisor_agent.metric import GAUGE, UPDOWNCOUNTER, Metric, Samples
from advisor_agent.postgresql_views import AGAIN, SESSIONS

_BACKENDS = "{backend}"
CONNECTIONS = Metric("advisor.postgresql.connection.count", "{connection}", UPDOWNCOUNTER, "Connections, server-wide")
BACKENDS = Metric("postgresql.backends", _BACKENDS, UPDOWNCOUNTER, "Sessions by state")
WAITING = Metric("advisor.postgresql.backend.waiting", _BACKENDS, UPDOWNCOUNTER, "Busy sessions that wait, by what for")
ACCESS = Metric("advisor.postgresql.backend.io_waiting", _BACKENDS, UPDOWNCOUNTER, "Of these, for which access")
OLDEST = Metric("advisor.postgresql.transaction.age", "s", GAUGE, "Age of the oldest open transaction")

STATES = ("active", "idle", "idle in transaction")
"""Of `state`; "(aborted)" may follow."""

WAITS = ("Lock", "IO", "LWLock", "BufferPin", "IPC")
"""Of `wait_event_type`: those where a busy session waits for the database itself."""

ACCESSES = ("read", "write")
"""Of a file or of the log, or of a page that another session just reads or writes."""

LOOKS, APART = 10, 0.1
"""Looks at the sessions, and seconds between them."""

Ask = Callable[[str], list[tuple[Any, ...]]]
"""Gives the rows that answer a question."""


def sessions(ask: Ask, pause: Callable[[float], None]) -> Samples:
    """Connections are those of the whole server, as their limit is; the rest is of this database alone."""
    looks = list(_looks(ask, pause))
    here = [row[1:] for rows in looks for row in rows if row[0]]
    yield CONNECTIONS.at(sum(row[4] for row in looks[-1]))
    yield OLDEST.at(max((age for *_, age in here), default=0.0))
    for name in STATES:
        found = sum(number for state, _, _, number, _ in here if state.partition(" (")[0] == name)
        yield BACKENDS.at(found / LOOKS, ("advisor.postgresql.backend.state", name))
    for name in WAITS:
        found = sum(number for _, wait, _, number, _ in here if wait == name)
        yield WAITING.at(found / LOOKS, ("advisor.postgresql.wait.type", name))
    for name in ACCESSES:
        found = sum(number for _, _, access, number, _ in here if access == name)
        yield ACCESS.at(found / LOOKS, ("advisor.postgresql.wait.access", name))


def _looks(ask: Ask, pause: Callable[[float], None]) -> Iterator[list[tuple[Any, ...]]]:
    yield ask(SESSIONS)
    for _ in range(LOOKS - 1):
        pause(APART)
        ask(AGAIN)
        yield ask(SESSIONS)
