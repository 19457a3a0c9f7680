"""CPU time and memory of a process and all its children, as the kernel counts them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_SCHEDULER_CLOCK = 2  # CPUCLOCK_SCHED of include/linux/posix-timers_types.h


class Stat(NamedTuple):
    """Of /proc/PID/stat: the parent, and seconds that children used which have ended and were waited for."""

    parent: int
    ended_children: float


class Memory(NamedTuple):
    """Bytes in memory, and bytes with each shared page counted by its share."""

    rss: int
    pss: int


def parsed_stat(text: str) -> Stat:
    """The name in parentheses may hold anything, so fields are counted from its last one."""
    fields = text[text.rindex(")") + 2 :].split()
    return Stat(int(fields[1]), (int(fields[13]) + int(fields[14])) / _TICKS)


def parsed_memory(text: str) -> Memory:
    """Of /proc/PID/smaps_rollup."""
    rows = {line.split(":")[0]: line.split() for line in text.splitlines()[1:]}
    return Memory(int(rows["Rss"][1]) * 1024, int(rows["Pss"][1]) * 1024)


def descendants(root: int, parents: Mapping[int, int]) -> list[int]:
    """The root and all that it started, by pid -> parent."""
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def stats() -> dict[int, Stat]:
    """Every process of this moment."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError):
                found[int(name)] = parsed_stat(Path("/proc", name, "stat").read_text(errors="replace"))
    return found


def tree(root: int, table: Mapping[int, Stat]) -> list[int]:
    """The root and all that it started, as far as they are in the table."""
    parents = {pid: stat.parent for pid, stat in table.items()}
    return [pid for pid in descendants(root, parents) if pid in table]


def used(pids: Iterable[int], table: Mapping[int, Stat]) -> float:
    """Seconds on a processor of a tree so far. A child that ends moves from its own count to its parent's."""
    return sum(_own(pid) + table[pid].ended_children for pid in pids)


def memory(pids: Iterable[int]) -> Memory:
    """Of a tree."""
    sizes = []
    for pid in pids:
        with suppress(OSError):
            sizes.append(parsed_memory(Path(f"/proc/{pid}/smaps_rollup").read_text()))
    return Memory(sum(size.rss for size in sizes), sum(size.pss for size in sizes))


def _own(pid: int) -> float:
    """Of all threads, ended ones too, in nanoseconds: what schedstat counts, by the process's own clock."""
    try:
        return time.clock_gettime_ns((~pid << 3) | _SCHEDULER_CLOCK) / 1e9
    except OSError:
        return 0.0  # it has ended since
