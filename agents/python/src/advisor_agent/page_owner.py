"""Which of the processes of this machine a page of metrics is of."""

from __future__ import annotations

import re
import socket

from advisor_agent.exposition import PageError
from advisor_agent.process import PRIMARY
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Scene
from advisor_agent.socket_owner import inode_between

_MOST_VISITS = 16
_SAME_START_SECONDS = 2.0
"""prom-client rounds its start to a second, and the kernel's boot time is one too."""

_STARTED = re.compile(
    r"^process_start_time_seconds(?:\{[^\n]*\})? ([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)$", re.MULTILINE | re.ASCII
)


class Audience:
    """The processes that may answer on a port, as they were at the last look."""

    def __init__(self, scene: Scene, port: int) -> None:
        self._kernel = scene.kernel
        here = [process for process in scene.processes if isinstance(process, NodeProcess)]
        self._listeners = [p for p in here if p.pid in scene.ports and scene.ports[p.pid].ports]
        self._candidates = [
            process
            for process in self._listeners
            if port in scene.ports[process.pid].ports and process.network in (scene.own_network, "")
        ]

    @property
    def size(self) -> int:
        """How often the page is to be asked for, so that each worker has its turn."""
        workers = sum(process.role != PRIMARY for process in self._candidates)
        return min(max(workers, 1), _MOST_VISITS)

    def holder(self, connection: socket.socket | None) -> int | None:
        """The pid that took our connection, where several may have."""
        if connection is None or len(self._candidates) == 1:
            return None
        try:
            inode = inode_between(connection.getpeername()[:2], connection.getsockname()[:2])
            if not inode:
                return None
            # A primary passes connections on to its workers, and keeps each until the worker says that it has it.
            workers_first = sorted(self._among, key=lambda process: process.role == PRIMARY)
            return next((p.pid for p in workers_first if inode in self._kernel.socket_inodes(p.pid)), None)
        except OSError:
            return None

    @property
    def _among(self) -> list[NodeProcess]:
        """Who may have answered: any that listens where nobody does there, as behind the port of a container."""
        return self._candidates or self._listeners

    def owner(self, page: str, holder: int | None) -> NodeProcess:
        """The process that the page is of; PageError with what to do where that is none, or cannot be told."""
        found = self._found(page, holder)
        if found is None:
            raise PageError(
                "several workers share its port and it cannot be told which one answered"
                if len(self._candidates) > 1
                else "no Node.js process whose descriptors may be read listens there"
            )
        if found.role == PRIMARY:
            raise PageError("it is of a whole cluster: give each worker a page of its own, or load the probe")
        return found

    def _found(self, page: str, holder: int | None) -> NodeProcess | None:
        if len(self._candidates) == 1:
            return self._candidates[0]
        found = [process for process in self._among if process.pid == holder]
        match = _STARTED.search(page)
        if match and not found:
            started = float(match[1])
            found = [p for p in self._among if abs(p.created - started) <= _SAME_START_SECONDS]
        return found[0] if len(found) == 1 else None
