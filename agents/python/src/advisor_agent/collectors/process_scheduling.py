"""How the main thread, which runs JavaScript, gets at a processor: its CPU time, that of its calls, waits, switches.

/proc/PID/schedstat and the two switch counts of /proc/PID/status are those of the main thread alone
(Documentation/scheduler/sched-stats.rst, proc(5)); its id is that of the process.
"""

from __future__ import annotations

from advisor_agent.kernel import Kernel
from advisor_agent.metric import COUNTER, Metric, Samples
from advisor_agent.processes import NodeProcess, Stat
from advisor_agent.scene import Scene

CPU = Metric("advisor.process.main_thread.cpu.time", "s", COUNTER, "CPU time of the main thread")
SYSTEM = Metric("advisor.process.main_thread.cpu.system.time", "s", COUNTER, "CPU time of its calls in the kernel")
SWITCHES = Metric("process.context_switches", "{context_switch}", COUNTER, "Switches of the main thread")
WAIT = Metric("advisor.process.main_thread.cpu.wait", "s", COUNTER, "Time the main thread waited for a processor")
METRICS = (CPU, SYSTEM, SWITCHES, WAIT)

_TYPES = (("voluntary_ctxt_switches:", "voluntary"), ("nonvoluntary_ctxt_switches:", "involuntary"))
_NANOSECONDS = 1_000_000_000
_DIGITS = 3
"""Milliseconds: what is less is noise, and costs bytes with every export."""


def collect_process(scene: Scene, process: NodeProcess) -> Samples:
    """An involuntary switch took the processor from a thread that had more to do."""
    pid = str(process.pid)
    times = _times(scene.kernel, pid)
    main = Stat(scene.kernel.read("proc", pid, "task", pid, "stat"))  # to a hundredth of a second
    yield CPU.at(round(times[0], _DIGITS) if times else main.user + main.system)
    yield SYSTEM.at(main.system)
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
