"""PM2's daemon holds the listening sockets of all its cluster-mode services; this tells them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advisor_agent.cluster import is_pm2_daemon
from advisor_agent.process import Key, Process


class Pm2Ports:
    """Remembers on which of the daemon's ports the workers of each name were seen with a connection."""

    def __init__(self) -> None:
        self._names: dict[Key, set[str]] = {}
        self._seen: dict[tuple[Key, str], set[int]] = {}

    def scan(self, processes: Sequence[Process], held: dict[int, dict[int, int]]) -> None:
        """Learn from the connections that each pid holds by port."""
        self._names = {}
        for process in processes:
            daemon = process.primary
            if daemon and is_pm2_daemon(daemon, process):
                self._names.setdefault(daemon.key, set()).add(process.name.text)
                busy = {port for port, count in held.get(process.pid, {}).items() if count}
                self._seen.setdefault((daemon.key, process.name.text), set()).update(busy)
        self._seen = {seen: ports for seen, ports in self._seen.items() if seen[0] in self._names}

    def served(self, process: Process, own: Mapping[int, set[int]]) -> set[int]:
        """The ports a process answers on, from what each pid listens on: its own and, for a worker, its primary's."""
        primary = process.primary
        if self.is_daemon(process):
            return set()
        inherited = primary_ports(process, own)
        if primary and self.is_daemon(primary):
            inherited = self.of_worker(primary, process.name.text, inherited)
        return own[process.pid] | inherited

    def is_daemon(self, process: Process) -> bool:
        """True for a process that forks workers for PM2: it serves nothing itself."""
        return process.key in self._names

    def of_worker(self, daemon: Process, name: str, daemon_ports: set[int]) -> set[int]:
        """The daemon's ports that workers of this name serve; all of them if there is no other name."""
        if len(self._names[daemon.key]) == 1:
            return daemon_ports
        return self._seen[daemon.key, name] & daemon_ports


def primary_ports(process: Process, own: Mapping[int, set[int]]) -> set[int]:
    """What a worker's primary listens on."""
    return own.get(process.primary.pid, set()) if process.primary else set()
