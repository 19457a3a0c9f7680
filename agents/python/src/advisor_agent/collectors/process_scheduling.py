"""How the main thread, which runs JavaScript, gets at a processor: switches and waits.

/proc/PID/schedstat and the two switch counts of /proc/PID/status are those of the main thread alone
(Documentation/scheduler/sched-stats.rst, proc(5)).
"""

from __future__ import annotations

from advisor_agent.kernel import Kernel
from advisor_agent.metric import COUNTER, Metric, Samples
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Scene

SWITCHES = Metric("process.context_switches", "{context_switch}", COUNTER, "Switches of the main thread")
WAIT = Metric("advisor.process.main_thread.cpu.wait", "s", COUNTER, "Time the main thread waited for a processor")
METRICS = (SWITCHES, WAIT)

_TYPES = (("voluntary_ctxt_switches:", "voluntary"), ("nonvoluntary_ctxt_switches:", "involuntary"))
_NANOSECONDS = 1_000_000_000


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """An involuntary switch took the processor from a thread that had more to do."""
    pid = str(process.pid)
    counts = _switches(scene.kernel.read("proc", pid, "status"))
    for key, kind in _TYPES:
        yield SWITCHES.at(counts[key], ("process.context_switch.type", kind))
    waited = _waited(scene.kernel, pid)
    if waited is not None:
        yield WAIT.at(waited)


def _switches(status: str) -> dict[str, int]:
    """They are the last two lines."""
    rows = (line.split() for line in status.splitlines()[-2:])
    return {row[0]: int(row[1]) for row in rows}


def _waited(kernel: Kernel, pid: str) -> float | None:
    """Seconds in the run queue; None where the kernel does not keep them."""
    try:
        _, waited, _ = kernel.read("proc", pid, "schedstat").split()
    except (FileNotFoundError, ValueError):
        return None
    return int(waited) / _NANOSECONDS
