"""One look at a Linux machine: what its collectors read from."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from advisor_agent.cluster import assign_roles
from advisor_agent.descriptor_kinds import DescriptorKinds
from advisor_agent.kernel import Kernel
from advisor_agent.metric import Sample
from advisor_agent.ports import Ports, PortUse
from advisor_agent.processes import NodeProcess, Processes, Stat
from advisor_agent.programs import DATASTORES, Programs
from advisor_agent.view import View


class Scene(View):
    """The kernel's files, the Node.js processes of this moment, and their port use by pid.

    `paged` are pids whose inside a page of metrics tells;
    `own_network` is the agent's own network namespace, empty where that is not told;
    `hidden` are pids whose descriptors may not be read; `ports_error` says why there is no port use at all;
    `tcp_states` are the sockets of the agent's own network namespace by state; `kinds` knows what descriptors are,
    `groups` holds what was read of a control group in this look; `named` are the pids of each program that was asked
    for, and `programs` adds them up.
    """

    __slots__ = (
        "_boot_age",
        "groups",
        "hidden",
        "kernel",
        "kinds",
        "named",
        "own_network",
        "paged",
        "ports",
        "ports_error",
        "programs",
        "tcp_states",
    )

    def __init__(
        self, kernel: Kernel, processes: list[NodeProcess], process_count: int, ports: dict[int, PortUse]
    ) -> None:
        super().__init__(processes, process_count)
        self.kernel = kernel
        self.ports = ports
        self._boot_age = -1.0
        self.own_network = ""
        self.paged: set[int] = set()
        self.hidden: frozenset[int] = frozenset()
        self.ports_error = ""
        self.tcp_states: dict[int, int] = {}
        self.groups: dict[str, list[Sample]] = {}
        self.kinds = DescriptorKinds(kernel)
        self.named: dict[str, list[int]] = {}
        self.programs = Programs(kernel)

    @property
    def boot_age(self) -> float:
        """Seconds since the kernel started, suspended time included; read once per look."""
        if self._boot_age < 0:
            self._boot_age = self.kernel.boot_age()
        return self._boot_age

    def own_use(self) -> tuple[float, int]:
        """What the agent itself takes: seconds of CPU since it started, and bytes of resident memory now."""
        own = Stat(self.kernel.read("proc/self/stat"))
        return own.user + own.system, own.rss


class Observer:
    """Looks again and again, keeping what is dear to find out."""

    def __init__(self, kernel: Kernel, programs: Collection[str] = DATASTORES, keeps_lines: bool = False) -> None:
        self.kernel = kernel
        self._processes = Processes(kernel, programs, keeps_lines)
        self._programs = Programs(kernel)
        self._ports = Ports(kernel)
        self._kinds = DescriptorKinds(kernel)
        self.processes: list[NodeProcess] = []
        """The Node.js processes of the last look."""

    def look(self) -> Scene:
        """The machine now. OSError if /proc cannot be listed."""
        processes = self.processes = self._processes.scan()
        assign_roles(processes)
        scene = Scene(self.kernel, processes, self._processes.count, {})
        self._kinds.keep(process.key for process in processes)
        scene.kinds = self._kinds
        scene.named, scene.programs = self._processes.named, self._programs
        try:
            scene.ports = self._ports.scan(processes)
            scene.own_network = self._ports.own_network
            scene.hidden, scene.tcp_states = self._ports.hidden, self._ports.states
        except (OSError, ValueError, IndexError) as error:
            scene.ports_error = str(error)  # the rest of the look is good; the collector of ports tells it
        return scene

    def newcomers(self, parents: Iterable[int]) -> list[NodeProcess]:
        """Node.js processes that these started since the last look. OSError if /proc cannot be listed."""
        found = self._processes.newcomers(parents)
        if found:
            assign_roles(self._processes.known)
        return found
