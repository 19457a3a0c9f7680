"""Who listens on which port, and how many established connections each process serves."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from advisor_agent.kernel import Kernel
from advisor_agent.pm2 import Pm2Ports, primary_ports
from advisor_agent.process import Key
from advisor_agent.processes import NodeProcess
from advisor_agent.sockets import Listener, Sockets, sockets

_OWNERS_LAST = 12
"""Scans after which descriptors are read anew even if no new socket listens."""


class PortUse:
    """The `ports` that a process answers on, and how many connections it holds on them.

    `waiting` are those that nobody has accepted yet, on the port where they are most, and `backlog` the most that may
    wait there: 0 where it is not told.
    """

    __slots__ = ("backlog", "connections", "listening", "ports", "waiting")

    def __init__(self, ports: Collection[int], connections: int, waiting: int, backlog: int) -> None:
        self.ports = ports
        self.listening = len(ports)
        self.connections = connections
        self.waiting = waiting
        self.backlog = backlog


class Ports:
    """Keeps which process owns which listening socket between scans: reading descriptors is dear."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self.own_network = _own_network(kernel)
        """The namespace that the agent itself is in; empty where that is not told."""
        self._owned: dict[Key, frozenset[int]] = {}
        self._listening: frozenset[int] = frozenset()
        self._age = 0
        self._pm2 = Pm2Ports()
        self.hidden: frozenset[int] = frozenset()
        """Pids whose descriptors may not be read: what they listen on is unknown, which is not none."""
        self.states: dict[int, int] = {}
        """Sockets of our own network namespace, by state."""

    def scan(self, processes: list[NodeProcess]) -> dict[int, PortUse]:
        """Port use by pid; a process whose descriptors may not be read is left out."""
        use: dict[int, PortUse] = {}
        networks: dict[str, list[NodeProcess]] = {self.own_network: []}
        for process in processes:
            networks.setdefault(process.network or self.own_network, []).append(process)
        tables = {name: self._table(name, members) for name, members in networks.items()}
        self.states = tables[self.own_network].states
        self._renew_owners(processes, frozenset(row.inode for table in tables.values() for row in table.listening))
        for name, members in networks.items():
            use.update(self._attributed(members, tables[name]))
        self._forget(processes)
        return use

    def _table(self, network: str, members: list[NodeProcess]) -> Sockets:
        return sockets(self._kernel, None if network == self.own_network else members[0].pid)

    def _renew_owners(self, processes: list[NodeProcess], listening: frozenset[int]) -> None:
        self._age += 1
        if not listening <= self._listening or self._age >= _OWNERS_LAST:
            self._owned, self._listening, self._age = {}, listening, 0
        hidden = set()
        for process in processes:
            if process.key not in self._owned:
                try:
                    self._owned[process.key] = self._kernel.socket_inodes(process.pid) & listening
                except PermissionError:
                    hidden.add(process.pid)
                except OSError:
                    continue  # it has ended
        self.hidden = frozenset(hidden)

    def _attributed(self, processes: list[NodeProcess], table: Sockets) -> dict[int, PortUse]:
        port_of = {row.inode: row.port for row in table.listening}
        readable = [p for p in processes if {p.key, (p.primary or p).key} <= self._owned.keys()]
        own = {p.pid: {port_of[i] for i in self._owned[p.key] if i in port_of} for p in readable}
        held = self._held(readable, own, table.established)
        self._pm2.scan(readable, held)
        queues = _queues(table.listening)
        return {p.pid: _use(self._pm2.served(p, own), held[p.pid], queues) for p in readable}

    def _held(
        self, processes: list[NodeProcess], own: dict[int, set[int]], established: dict[int, list[int]]
    ) -> dict[int, dict[int, int]]:
        """Connections by pid and port. A port with one acceptor is counted without reading descriptors."""
        accepts = {p.pid: own[p.pid] | primary_ports(p, own) for p in processes}
        sharers: dict[int, int] = {}
        for port in (port for ports in accepts.values() for port in ports):
            sharers[port] = sharers.get(port, 0) + 1
        return {p.pid: self._counts(p, accepts[p.pid], sharers, established) for p in processes}

    def _counts(
        self, process: NodeProcess, ports: Iterable[int], sharers: dict[int, int], established: dict[int, list[int]]
    ) -> dict[int, int]:
        busy = {port: established[port] for port in ports if established.get(port)}
        if all(sharers[port] == 1 for port in busy):
            return {port: len(inodes) for port, inodes in busy.items()}
        try:
            mine = self._kernel.socket_inodes(process.pid)
        except OSError:
            return {}
        return {port: sum(inode in mine for inode in inodes) for port, inodes in busy.items()}

    def _forget(self, processes: list[NodeProcess]) -> None:
        alive = {process.key for process in processes}
        self._owned = {key: inodes for key, inodes in self._owned.items() if key in alive}


def _queues(listening: list[Listener]) -> dict[int, tuple[int, int]]:
    """Port -> (waiting, backlog), of its fullest accept queue."""
    queues: dict[int, tuple[int, int]] = {}
    for row in listening:
        queues[row.port] = max(queues.get(row.port, (0, 0)), (row.waiting, row.backlog))
    return queues


def _use(ports: set[int], held: dict[int, int], queues: dict[int, tuple[int, int]]) -> PortUse:
    waiting, backlog = max((queues[port] for port in ports), default=(0, 0))
    return PortUse(ports, sum(held.values()), waiting, backlog)


def _own_network(kernel: Kernel) -> str:
    try:
        return kernel.link("proc/self/ns/net")
    except OSError:
        return ""
