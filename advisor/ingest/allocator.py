"""The C library's allocator, told to give the memory of large bodies back."""

from __future__ import annotations

import ctypes
from typing import Final

_MMAP_THRESHOLD: Final = -3
"""`M_MMAP_THRESHOLD` of glibc's malloc.h."""

_BYTES: Final = 256 << 10
"""From so many bytes on, a piece of memory is one of its own. Nothing that an ordinary export needs is as large."""


def give_back_large() -> None:
    """Let each large piece of memory go back to the system as soon as it is freed.

    glibc raises the size that counts as large to that of the largest piece which was freed, up to 32 MiB. Bodies then
    share a heap with what stays, in one of several heaps, and a process that was shot at with bodies of 4 MiB kept 100
    MiB for good. Where there is no glibc this does nothing.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _BYTES)
