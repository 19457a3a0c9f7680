"""One look at a machine through psutil: what its collectors read from."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from types import ModuleType

from advisor_agent.cluster import assign_roles
from advisor_agent.portable.asking import ask
from advisor_agent.portable.ports import Ports, PortUse
from advisor_agent.portable.processes import Processes, PsutilProcess
from advisor_agent.view import View


class Scene(View):
    """What psutil shows now. `ports` is by pid; `hidden` and `states` are those of `Ports`.

    `ports_error` says why there is no port use at all.
    """

    __slots__ = ("hidden", "ports", "ports_error", "psutil", "states")

    def __init__(self, psutil: ModuleType, processes: Sequence[PsutilProcess], process_count: int) -> None:
        super().__init__(processes, process_count)
        self.psutil = psutil
        self.ports: dict[int, PortUse] = {}
        self.hidden: frozenset[int] = frozenset()
        self.states: dict[str, int] | None = None
        self.ports_error = ""

    @property
    def boot_age(self) -> float:
        """Seconds since the system started, by the clock of the wall."""
        return max(time.time() - float(ask(self.psutil, self.psutil.boot_time)), 0.0)

    def own_use(self) -> tuple[float, int]:
        """What the agent itself takes: seconds of CPU since it started, and bytes of resident memory now."""
        own = self.psutil.Process()
        times = ask(self.psutil, own.cpu_times)
        return times.user + times.system, ask(self.psutil, own.memory_info).rss


class Observer:
    """Looks again and again, keeping what is dear to find out. `paths` are written as by the system looked at."""

    def __init__(self, psutil: ModuleType, paths: ModuleType = os.path, keeps_lines: bool = False) -> None:
        self._psutil = psutil
        self._processes = Processes(psutil, paths, keeps_lines)
        self._ports = Ports(psutil)

    def look(self) -> Scene:
        """The machine now. OSError if processes cannot be listed."""
        processes = self._processes.scan()
        assign_roles(processes)
        scene = Scene(self._psutil, processes, self._processes.count)
        try:
            scene.ports = self._ports.scan(processes)
            scene.hidden, scene.states = self._ports.hidden, self._ports.states
        except (OSError, NotImplementedError) as error:
            scene.ports_error = str(error) or type(error).__name__  # the rest of the look is good
        return scene
