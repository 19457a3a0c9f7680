"""Descriptors of processes that are pipes: readable once there is a byte, hung up once the other end is closed."""

from __future__ import annotations

import os


class Descriptors:
    """Stands in for `advisor_agent.pidfd`. `refuses` is what `opened` raises, `is_silent` an old kernel."""

    def __init__(self) -> None:
        self.refuses: OSError | None = None
        self.is_silent = False
        self.pids: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._statuses: dict[int, int] = {}

    def opened(self, pid: int) -> int:
        if self.refuses:
            raise self.refuses
        own, other = os.pipe2(os.O_CLOEXEC)
        self.pids[own], self._ends[pid] = pid, other
        return own

    def wait_status(self, descriptor: int) -> int | None:
        if self.is_silent:
            raise OSError(25, "Inappropriate ioctl for device")
        return self._statuses.get(self.pids[descriptor])

    def end(self, pid: int) -> None:
        """It ended, and its parent has not taken note."""
        os.write(self._ends[pid], b"!")

    def reap(self, pid: int, status: int) -> None:
        """Its parent took note."""
        self._statuses[pid] = status
        os.close(self._ends.pop(pid))

    def close(self) -> None:
        for end in self._ends.values():
            os.close(end)
