"""A Node.js process, on whatever system."""

from __future__ import annotations

from advisor_agent.claims import Claims
from advisor_agent.command import Command
from advisor_agent.container import Container
from advisor_agent.naming import Name
from advisor_agent.resource import Resource

SINGLE, PRIMARY, WORKER = "single", "primary", "worker"
"""Values of `advisor.cluster.role`."""

Key = tuple[int, float]
"""Process id and start, in the unit of its system: tells a process from a later one with the same id."""


class Process:
    """What is known of one by looking closely once. `created` is Unix seconds; the rest settles per scan."""

    __slots__ = (
        "claims", "command", "container", "created", "known_as", "name", "own_name", "pid", "primary", "program",
        "role", "version",
    )  # fmt: skip

    def __init__(self, pid: int, created: float, program: str, version: str) -> None:
        self.pid = pid
        self.created = created
        self.program = program
        self.version = version
        self.role = SINGLE
        self.primary: Process | None = None
        self.container = Container()
        self.claims: Claims
        self.command: Command
        self.own_name: Name
        self.name: Name
        self.known_as: tuple[tuple[Name, str, int], Resource] | None = None
        """What `identity` put together last, and from what."""

    @property
    def parent(self) -> int:
        """Process id of its parent."""
        raise NotImplementedError

    @property
    def executable(self) -> str:
        """The program's file name."""
        raise NotImplementedError

    @property
    def key(self) -> Key:
        """Tells a process from a later one with the same pid."""
        raise NotImplementedError
