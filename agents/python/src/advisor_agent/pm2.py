"""PM2's daemon holds the listening sockets of all its cluster-mode services; this tells them apart."""

from __future__ import annotations

from advisor_agent.cluster import is_pm2_daemon
from advisor_agent.processes import NodeProcess


class Pm2Ports:
    """Remembers on which of the daemon's ports the workers of each name were seen with a connection."""

    def __init__(self) -> None:
        self._names: dict[tuple[int, int], set[str]] = {}
        self._seen: dict[tuple[tuple[int, int], str], set[int]] = {}

    def scan(self, processes: list[NodeProcess], held: dict[int, dict[int, int]]) -> None:
        """Learn from the connections that each pid holds by port."""
        self._names = {}
        for process in processes:
            daemon = process.primary
            if daemon and is_pm2_daemon(daemon, process):
                self._names.setdefault(daemon.key, set()).add(process.name.text)
                busy = {port for port, count in held.get(process.pid, {}).items() if count}
                self._seen.setdefault((daemon.key, process.name.text), set()).update(busy)
        self._seen = {seen: ports for seen, ports in self._seen.items() if seen[0] in self._names}

    def is_daemon(self, process: NodeProcess) -> bool:
        """True for a process that forks workers for PM2: it serves nothing itself."""
        return process.key in self._names

    def of_worker(self, daemon: NodeProcess, name: str, daemon_ports: set[int]) -> set[int]:
        """The daemon's ports that workers of this name serve; all of them if there is no other name."""
        if len(self._names[daemon.key]) == 1:
            return daemon_ports
        return self._seen[daemon.key, name] & daemon_ports
