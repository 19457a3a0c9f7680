"""One look at a machine, whatever its system: what every look has."""

from __future__ import annotations

from collections.abc import Sequence

from advisor_agent.process import Process


class Cost:
    """What a collector took so far: seconds, and how often it failed."""

    __slots__ = ("failures", "seconds")

    def __init__(self) -> None:
        self.seconds = 0.0
        self.failures = 0


class View:
    """The Node.js processes of this moment, and the number of all. `costs` is what each collector took before."""

    __slots__ = ("costs", "process_count", "processes")

    def __init__(self, processes: Sequence[Process], process_count: int) -> None:
        self.processes = processes
        self.process_count = process_count
        self.costs: dict[str, Cost] = {}

    @property
    def boot_age(self) -> float:
        """Seconds since the kernel started."""
        raise NotImplementedError

    def own_use(self) -> tuple[float, int]:
        """What the agent itself takes: seconds of CPU since it started, and bytes of resident memory now."""
        raise NotImplementedError
