"""CPU time of the machine by mode and logical processor."""

from __future__ import annotations

from typing import Any

from advisor_agent.collectors.cpu import COUNT, TIME
from advisor_agent.metric import Samples
from advisor_agent.portable.asking import ask
from advisor_agent.portable.scene import Scene

METRICS = (TIME, COUNT)

_GIVEN_ON_LINUX = ("iowait", "steal")


def collect_host(scene: Scene) -> Samples:
    """One point per processor and mode that the system tells apart."""
    processors = ask(scene.psutil, scene.psutil.cpu_times, percpu=True)
    for number, times in enumerate(processors):
        for mode, seconds in _modes(times).items():
            yield TIME.at(seconds, ("cpu.logical_number", str(number)), ("cpu.mode", mode))
    yield COUNT.at(len(processors))


def _modes(times: Any) -> dict[str, float]:
    modes = {name: getattr(times, name) for name in ("user", "nice", "idle", *_GIVEN_ON_LINUX) if hasattr(times, name)}
    if hasattr(times, "dpc"):
        # Windows: the kernel's time holds that of interrupts and deferred calls (psutil/arch/windows/cpu.c).
        modes["interrupt"] = times.interrupt + times.dpc
        modes["system"] = max(times.system - modes["interrupt"], 0.0)
    else:
        modes["system"] = times.system
    return modes
