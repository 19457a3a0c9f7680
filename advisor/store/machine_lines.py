"""The lines of a host's charts: of the machine itself, and of its disks and processors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from advisor.features.window import Array
from advisor.store.lines import Line, added, cores, greatest, plain, ratio, same, total
from advisor.store.stretches import Stretches
from advisor.vocabulary import PartKind


def _taken(each: Stretches) -> Array:
    """Memory that cannot be had: a page cache can."""
    return each.middle("memory_limit") - each.middle("memory_available")


def _busy(each: Stretches) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        share: Array = each.middle("busy") / (each.middle("busy") + each.middle("idle"))
    return share


MACHINE_LINES: Mapping[str, Line] = {
    "cores_used": total(greatest, "cpu_user", "cpu_system"),
    "cores_waiting": plain(greatest, "cpu_iowait"),
    "cores_stolen": plain(greatest, "cpu_steal"),
    "cores_effective": same(("cpu_effective", "cpu_count"), greatest, cores),
    "load_1m": plain(greatest, "load_1m"),
    "pressure_cpu": plain(greatest, "pressure_cpu"),
    "pressure_memory": plain(greatest, "pressure_memory"),
    "pressure_io": plain(greatest, "pressure_io"),
    "machine_throttled": ratio(greatest, "cpu_throttled", "cpu_periods"),
    "memory_taken": same(("memory_limit", "memory_available"), greatest, _taken),
    "memory_limit": plain(greatest, "memory_limit"),
    "swap_used": plain(greatest, "swap_used"),
    "swapped_in": plain(greatest, "swapped_in"),
    "swapped_out": plain(greatest, "swapped_out"),
    "faults_major": plain(greatest, "faults_major"),
    "machine_disk_read": plain(greatest, "disk_read"),
    "machine_disk_written": plain(greatest, "disk_written"),
    "network_received": plain(greatest, "network_received"),
    "network_sent": plain(greatest, "network_sent"),
    "network_errors": plain(greatest, "network_errors", 60.0),
    "tcp_established": plain(greatest, "tcp_established"),
    "tcp_close_wait": plain(greatest, "tcp_close_wait"),
    "tcp_time_wait": plain(greatest, "tcp_time_wait"),
    "tcp_repeated": ratio(greatest, "tcp_repeated", "tcp_sent"),
    "accept_overflows": plain(greatest, "accept_overflows", 60.0),
    "machine_fd_open": plain(greatest, "fd_open"),
    "machine_fd_limit": plain(greatest, "fd_limit"),
    "agent_cpu": plain(greatest, "agent_cpu"),
}
"""From the rows of one host: cores, bytes and events per second, shares; overflows and errors per minute."""

SPACE_LINES: Mapping[str, Line] = {
    "disk_full": ratio(greatest, "used", "capacity"),
    "inodes_full": ratio(greatest, "inodes_used", "inodes"),
}
"""From the rows of disks, of one host or of all that a service runs on: the fullest of them."""

PART_LINES: Mapping[PartKind, Mapping[str, Line]] = {
    PartKind.DISK: {
        **SPACE_LINES,
        "disk_busy": plain(greatest, "busy"),
    },
    PartKind.CPU: {
        "cpu_busiest": same(("busy", "idle"), greatest, _busy),
        "cpu_mean": same(
            ("busy", "idle"), lambda rows: added(rows) / np.maximum((~np.isnan(rows)).sum(axis=-2), 1), _busy
        ),
    },
}
"""From the rows of its parts: the fullest and the busiest of them."""
