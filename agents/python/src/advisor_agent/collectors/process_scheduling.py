"""How the main thread, which runs JavaScript, gets at a processor: its CPU time, its waits, its switches.

/proc/PID/schedstat and the two switch counts of /proc/PID/status are those of the main thread alone
(Documentation/scheduler/sched-stats.rst, proc(5)).
"""

from __future__ import annotations

from advisor_agent.kernel import Kernel
from advisor_agent.metric import COUNTER, Metric, Samples
from advisor_agent.processes import NodeProcess, Stat
from advisor_agent.scene import Scene

CPU = Metric("advisor.process.main_thread.cpu.time", "s", COUNTER, "CPU time of the main thread")
SWITCHES = Metric("process.context_switches", "{context_switch}", COUNTER, "Switches of the main thread")
WAIT = Metric("advisor.process.main_thread.cpu.wait", "s", COUNTER, "Time the main thread waited for a processor")
METRICS = (CPU, SWITCHES, WAIT)

_TYPES = (("voluntary_ctxt_switches:", "voluntary"), ("nonvoluntary_ctxt_switches:", "involuntary"))
_NANOSECONDS = 1_000_000_000
_DIGITS = 3
"""Milliseconds: what is less is noise, and costs bytes with every export."""


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """An involuntary switch took the processor from a thread that had more to do."""
    pid = str(process.pid)
    times = _times(scene.kernel, pid)
    yield CPU.at(round(times[0], _DIGITS) if times else _by_stat(scene.kernel, pid))
    counts = _switches(scene.kernel.read("proc", pid, "status"))
    for key, kind in _TYPES:
        yield SWITCHES.at(counts[key], ("process.context_switch.type", kind))
    if times:
        yield WAIT.at(round(times[1], _DIGITS))


def _switches(status: str) -> dict[str, int]:
    """They are the last two lines of some sixty."""
    rows = (line.split() for line in status.rstrip().rsplit("\n", 2)[1:])
    return {row[0]: int(row[1]) for row in rows}


def _times(kernel: Kernel, pid: str) -> tuple[float, float] | None:
    """Seconds on a processor and in the run queue; None where the kernel does not keep them."""
    try:
        ran, waited, _ = kernel.read("proc", pid, "schedstat").split()
    except (FileNotFoundError, ValueError):
        return None
    if ran == "0":  # all are 0 where they are not kept
        return None
    return int(ran) / _NANOSECONDS, int(waited) / _NANOSECONDS


def _by_stat(kernel: Kernel, pid: str) -> float:
    """The main thread's id is the pid. To a hundredth of a second."""
    main = Stat(kernel.read("proc", pid, "task", pid, "stat"))
    return main.user + main.system
