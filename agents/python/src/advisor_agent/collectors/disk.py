"""Bytes, operations and busy time of the real disks, from /proc/diskstats (Documentation/admin-guide/iostats.rst)."""

from __future__ import annotations

from functools import lru_cache

from advisor_agent.kernel import Kernel
from advisor_agent.metric import COUNTER, Metric, Samples
from advisor_agent.scene import Scene

IO = Metric("system.disk.io", "By", COUNTER, "Bytes read and written")
IO_TIME = Metric("system.disk.io_time", "s", COUNTER, "Time the disk was busy")
OPERATIONS = Metric("system.disk.operations", "{operation}", COUNTER, "Reads and writes completed")
OPERATION_TIME = Metric("system.disk.operation_time", "s", COUNTER, "Time that reads and writes took, waiting included")
METRICS = (IO, OPERATIONS, OPERATION_TIME, IO_TIME)

_DIRECTION = "disk.io.direction"

_SECTOR_BYTES = 512  # whatever the device's own sector is
_MADE_UP = ("loop", "ram", "zram", "dm-", "md", "fd", "sr", "nbd")


def collect_host(scene: Scene) -> Samples:
    """Whole disks; partitions, and what is stacked upon disks, would count the same bytes twice."""
    rows = [line.split() for line in scene.kernel.read_again("proc/diskstats").splitlines()]
    wanted = _disks(scene.kernel, tuple(fields[2] for fields in rows))
    for fields in rows:
        if fields[2] in wanted:
            device = ("system.device", fields[2])
            yield from _moved("read", fields[3:7], device)
            yield from _moved("write", fields[7:11], device)
            yield IO_TIME.at(int(fields[12]) / 1000, device)


def _moved(direction: str, fields: list[str], device: tuple[str, str]) -> Samples:
    """Of one direction: operations, operations that were merged into others, sectors, milliseconds."""
    way = (_DIRECTION, direction)
    yield IO.at(int(fields[2]) * _SECTOR_BYTES, way, device)
    yield OPERATIONS.at(int(fields[0]), way, device)
    yield OPERATION_TIME.at(int(fields[3]) / 1000, way, device)


@lru_cache(maxsize=4)
def _disks(kernel: Kernel, devices: tuple[str, ...]) -> set[str]:
    """Devices with hardware behind them; in a container that shows none, those not plainly made up.

    Remembered for as long as no device comes or goes.
    """
    names = [name for name in kernel.names("sys/block") if not name.startswith(_MADE_UP)]
    real = {name for name in names if _is_hardware(kernel.link("sys/block", name))}
    return real or set(names)


def _is_hardware(target: str) -> bool:
    # Multipath NVMe shows a real disk under /devices/virtual/nvme-subsystem.
    return "/devices/virtual/" not in target or "/nvme-subsystem/" in target
