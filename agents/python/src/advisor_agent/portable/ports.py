"""Who listens on which port, and how many established connections each process holds, by psutil."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from advisor_agent.pm2 import Pm2Ports, primary_ports
from advisor_agent.portable.asking import ask
from advisor_agent.portable.processes import PsutilProcess


class PortUse:
    """Ports that a process answers on, and the connections that it holds on them."""

    __slots__ = ("connections", "listening")

    def __init__(self, listening: int, connections: int) -> None:
        self.listening = listening
        self.connections = connections


class Ports:
    """Asks for all connections at once; macOS tells those to root alone, and then each process is asked."""

    def __init__(self, psutil: ModuleType) -> None:
        self._psutil = psutil
        self._pm2 = Pm2Ports()
        self.hidden: frozenset[int] = frozenset()
        """Pids whose connections may not be seen: what they listen on is unknown, which is not none."""
        self.states: dict[str, int] | None = None
        """TCP connections of the machine by psutil's name of their state; None where only root may count them."""

    def scan(self, processes: Sequence[PsutilProcess]) -> dict[int, PortUse]:
        """Port use by pid; a process whose connections may not be seen is left out."""
        rows = self._rows(processes)
        self.hidden = frozenset(process.pid for process in processes) - rows.keys()
        seen = [p for p in processes if {p.pid, (p.primary or p).pid} <= rows.keys()]
        own = {p.pid: set(_ports(rows[p.pid], self._psutil.CONN_LISTEN)) for p in seen}
        held = {}
        for process in seen:
            accepts = own[process.pid] | primary_ports(process, own)
            busy = Counter(_ports(rows[process.pid], self._psutil.CONN_ESTABLISHED))
            held[process.pid] = {port: count for port, count in busy.items() if port in accepts}
        self._pm2.scan(seen, held)
        return {p.pid: PortUse(len(self._pm2.served(p, own)), sum(held[p.pid].values())) for p in seen}

    def _rows(self, processes: Sequence[PsutilProcess]) -> dict[int, list[Any]]:
        """TCP connections by pid."""
        rows: dict[int, list[Any]] = {}
        try:
            every = ask(self._psutil, self._psutil.net_connections, "tcp")
        except PermissionError:
            self.states = None
            for process in processes:
                try:
                    rows[process.pid] = ask(self._psutil, process.handle.net_connections, "tcp")
                except PermissionError:
                    continue
                except OSError:
                    rows[process.pid] = []  # it has ended, which the collectors notice
            return rows
        self.states = Counter(row.status for row in every)
        rows = {process.pid: [] for process in processes}
        for row in every:
            if row.pid in rows:
                rows[row.pid].append(row)
        return rows


def _ports(rows: Sequence[Any], state: str) -> list[int]:
    return [row.laddr.port for row in rows if row.status == state and row.laddr]
