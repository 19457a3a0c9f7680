"""Programs on a host beside Node.js: datastores, and what its agent was asked to look for."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.features.window import HostWindow
from advisor.pages import measured
from advisor.vocabulary import PartKind

_DATASTORES = {
    "postgres": "PostgreSQL",
    "mysqld": "MySQL",
    "mariadbd": "MariaDB",
    "mongod": "MongoDB",
    "redis-server": "Redis",
    "valkey-server": "Valkey",
    "memcached": "memcached",
}
"""File name of a program -> what people call it."""


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """All processes of one program.

    Attributes:
        name: what people call it, else its file name.
        processes: how many run now.
        cores: cores used in the last minute; 1 is one whole core.
        memory: resident bytes, what its processes share once.
        threads: of all of them.
        descriptors: open ones; None where the agent may not count them.
    """

    name: str
    processes: float | None
    cores: float | None
    memory: float | None
    threads: float | None
    descriptors: float | None


def program_rows(host: HostWindow) -> list[ProgramRow]:
    """The programs, the one that uses most of the processors first."""
    rows = [
        ProgramRow(
            name=_DATASTORES.get(part.name, part.name),
            processes=measured.last(part.track, "active"),
            cores=measured.rate(part.track, "busy"),
            memory=measured.last(part.track, "memory"),
            threads=measured.last(part.track, "threads"),
            descriptors=measured.last(part.track, "used"),
        )
        for part in host.of_kind(PartKind.PROGRAM)
    ]
    return sorted(rows, key=lambda row: (-(row.cores or 0.0), -(row.memory or 0.0), row.name))
