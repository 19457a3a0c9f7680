"""One look at the machine: what collectors read from."""

from __future__ import annotations

from advisor_agent.cluster import assign_roles
from advisor_agent.kernel import Kernel
from advisor_agent.ports import Ports, PortUse
from advisor_agent.processes import NodeProcess, Processes


class Scene:
    """The kernel's files, the Node.js processes of this moment, and their port use by pid."""

    __slots__ = ("kernel", "ports", "process_count", "processes")

    def __init__(
        self, kernel: Kernel, processes: list[NodeProcess], process_count: int, ports: dict[int, PortUse]
    ) -> None:
        self.kernel = kernel
        self.processes = processes
        self.process_count = process_count
        self.ports = ports


class Observer:
    """Looks again and again, keeping what is dear to find out."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self._processes = Processes(kernel)
        self._ports = Ports(kernel)

    def look(self) -> Scene:
        """The machine now. OSError if /proc cannot be listed."""
        processes = self._processes.scan()
        assign_roles(processes)
        try:
            ports = self._ports.scan(processes)
        except (OSError, ValueError):
            ports = {}  # processes are then sent without connections and ports
        return Scene(self.kernel, processes, self._processes.count, ports)
