"""A descriptor of a process: it becomes readable when the process ends, and may then say how it ended.

Linux 5.3 has the descriptor. Linux 6.15 tells the wait status too, once the parent has taken note of the end: also of
a process that is no child of ours, and without privilege. Layout and numbers are those of <linux/pidfd.h>.
"""

from __future__ import annotations

import fcntl
import os
import sys

_INFO_BYTES = 64
"""`PIDFD_INFO_SIZE_VER0`: the first version of `struct pidfd_info`, which later ones only add to."""

_GET_INFO = 3 << 30 | _INFO_BYTES << 16 | 0xFF << 8 | 11
"""`PIDFD_GET_INFO`, that is `_IOWR(0xFF, 11, struct pidfd_info)`."""

_EXIT = 1 << 3
"""`PIDFD_INFO_EXIT`, in the `__u64 mask` that the structure begins with."""

_STATUS_AT = 60
"""Where `__s32 exit_code` stands in it: a status as `wait` gives it."""


def opened(pid: int) -> int:
    """A descriptor of a running process, closed on exec. OSError where there is none, or where there can be none."""
    if not hasattr(os, "pidfd_open"):  # built for a kernel before Linux 5.3
        raise OSError("this Python has no pidfd_open")
    return os.pidfd_open(pid)


def wait_status(descriptor: int) -> int | None:
    """How a process that is over ended, as `os.waitstatus_to_exitcode` takes it.

    None as long as its parent has not taken note. OSError where this kernel does not tell.
    """
    info = bytearray(_INFO_BYTES)
    info[:8] = _EXIT.to_bytes(8, sys.byteorder)
    fcntl.ioctl(descriptor, _GET_INFO, info)
    if not int.from_bytes(info[:8], sys.byteorder) & _EXIT:
        return None
    return int.from_bytes(info[_STATUS_AT:], sys.byteorder, signed=True)
