"""CPU time of the machine by mode and logical processor, from /proc/stat (proc(5))."""

from __future__ import annotations

from advisor_agent.kernel import TICKS_PER_SECOND
from advisor_agent.metric import COUNTER, UPDOWNCOUNTER, Metric, Samples
from advisor_agent.scene import Scene

TIME = Metric("system.cpu.time", "s", COUNTER, "CPU time by mode")
COUNT = Metric("system.cpu.logical.count", "{cpu}", UPDOWNCOUNTER, "Logical processors")
METRICS = (TIME, COUNT)


def collect_host(scene: Scene) -> Samples:
    """One point per processor and mode."""
    processors = 0
    for line in scene.kernel.read_again("proc/stat").splitlines():
        name, *fields = line.split()
        if name.startswith("cpu") and name != "cpu":
            processors += 1
            yield from _modes(name[3:], [int(field) / TICKS_PER_SECOND for field in fields])
    yield COUNT.at(processors)


def _modes(number: str, times: list[float]) -> Samples:
    # The kernel counts guest time in user (and guest_nice in nice) already, so fields 9 and 10 stay out.
    user, nice, system, idle, iowait, interrupt, soft_interrupt, steal = times[:8]
    figures = {
        "user": user,
        "nice": nice,
        "system": system,
        "interrupt": interrupt + soft_interrupt,
        "iowait": iowait,
        "steal": steal,
        "idle": idle,
    }
    for mode, seconds in figures.items():
        yield TIME.at(seconds, ("cpu.logical_number", number), ("cpu.mode", mode))
