"""The C library's allocator, told what to do with large pieces of memory. Where there is no glibc, nothing is told."""

from __future__ import annotations

import ctypes
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
"""`M_TRIM_THRESHOLD` and `M_MMAP_THRESHOLD` of glibc's malloc.h."""

_BYTES: Final = 256 << 10
"""From so many bytes on, a piece of memory is one of its own. Nothing that an ordinary export needs is as large."""

_KEPT: Final = 32 << 20
"""The largest piece that may be a part of the heap: glibc takes no greater number. The figures of 200 services with one
process each are 6 MiB."""

_ROOM: Final = 8 << 20
"""Bytes that may lie free at the end of the heap of a process that draws charts: one of six hours of five processes
takes half of it."""

_FREE: Final = 128 << 20
"""Bytes that may lie free at the end of the heap: what such a look takes several times over."""


def give_back_large() -> None:
    """Let each large piece of memory go back to the system as soon as it is freed.

    glibc raises the size that counts as large to that of the largest piece which was freed, up to 32 MiB. Bodies then
    share a heap with what stays, in one of several heaps, and a process that was shot at with bodies of 4 MiB kept 100
    MiB for good.
    """
    _tell({_MMAP_THRESHOLD: _BYTES})


def keep_free() -> None:
    """Keep some of the memory that lies free at the end of the heap: for a process that draws charts.

    glibc gives back what is more than 128 KiB there. A chart is made in many small pieces of memory, and got most of
    them anew, a page at a time: a quarter of its time.
    """
    _tell({_TRIM_THRESHOLD: _ROOM})


def keep_large() -> None:
    """Keep the memory of large pieces for the next ones: for a process that does the same again and again.

    What was given back comes anew a page of 4 KiB at a time, each by way of the system and filled with zeros: a tenth
    of the time that loading windows took.
    """
    _tell({_MMAP_THRESHOLD: _KEPT, _TRIM_THRESHOLD: _FREE})


def _tell(options: dict[int, int]) -> None:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in options.items():
            mallopt(option, value)
