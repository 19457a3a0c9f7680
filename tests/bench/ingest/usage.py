"""What processes cost: processor time and memory of a process and all that it started."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Final, Self

import psutil

_LOOK_SECONDS: Final = 0.25


class Usage:
    """Watches process trees from `__enter__` to `__exit__`.

    Attributes:
        cpu: seconds of processor time that they took meanwhile.
        rss: most bytes of memory that they held at once, shared pages counted in each process that touches them.
    """

    def __init__(self, roots: Iterable[int]) -> None:
        self._roots = [psutil.Process(pid) for pid in roots]
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self.cpu = 0.0
        self.rss = 0

    def __enter__(self) -> Self:
        self._before = self._cpu()
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watch.join()
        self.cpu = self._cpu() - self._before

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            self.rss = max(self.rss, sum(_rss(one) for one in self._tree()))

    def _tree(self) -> list[psutil.Process]:
        return [one for root in self._roots for one in (root, *root.children(recursive=True))]

    def _cpu(self) -> float:
        """Of all that runs, and of what has ended and was waited for."""
        return sum(_cpu(one) for one in self._tree())


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def _rss(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
