"""The most that V8 lets a heap grow to, by its options and the memory it sees, as Node.js reckons it.

Source: V8's `src/heap/heap.cc` (`Heap::ConfigureHeap`, `YoungGenerationSizeFromOldGenerationSize`,
`HeapLimitMultiplier`), on 64 bit; the figures were read from `v8.getHeapStatistics()` of Node.js 16 to 26 in control
groups of 256 MiB to 16 GiB.
"""

from __future__ import annotations

import math

from advisor_agent.heap_flags import OLD, SEMI, WHOLE, HeapFlags

MIB = 1 << 20

_SPACES = 3
"""V8 reserves three semi-spaces for young objects."""

_LITTLE = 512
_LEAST_OLD, _MOST_OLD = 256, 2048
"""MiB of the old space where nobody sets it: half of the memory, at least and at most; twice of that with much."""

_KNOWN_SINCE = 20
"""Node.js before this one does not see each control group."""


class Memory:
    """Bytes of memory that a process may use; `is_sure` where Node.js takes exactly that for what there is."""

    __slots__ = ("is_sure", "size")

    def __init__(self, size: float, is_sure: bool) -> None:
        self.size = size
        self.is_sure = is_sure


class _Young:
    """A semi-space is so small a part of half of the memory, at most so many MiB; `little` is the part with little."""

    __slots__ = ("little", "most", "part")

    def __init__(self, little: int, part: int, most: int) -> None:
        self.little = little
        self.part = part
        self.most = most

    def semi_space(self, memory: float) -> int:
        """MiB, by the MiB of memory."""
        wanted = memory / 2 / (self.little if memory <= _LITTLE else self.part)
        return _power(min(self.most, max(1.0, wanted)))


_YOUNG = {24: _Young(256, 32, 64), 26: _Young(64, 64, 32), **dict.fromkeys(range(16, 23), _Young(256, 128, 16))}
"""By the major version of Node.js; of others nothing is known."""

_MUCH = {20: 15_872, 21: 15_872, 22: 15_360, 24: 15_360, 26: 15_360}
"""MiB of memory from which on the default is twice as much; where it is known."""


def heap_limit(version: str, flags: HeapFlags, memory: Memory) -> int:
    """Bytes, as `heap_size_limit` of `v8.getHeapStatistics()`; 0 where it cannot be told.

    Args:
        version: of Node.js, as `20.11.1`.
        flags: what it was told.
        memory: what it may use.
    """
    major = _major(version)
    sizes = flags.sizes
    if not _is_known(major, flags, memory) or (WHOLE in sizes and OLD in sizes):
        return 0
    if WHOLE in sizes:
        return sizes[WHOLE] * MIB
    old = sizes.get(OLD, 0) or (_default(major, memory.size / MIB) if flags.is_sure and memory.is_sure else 0)
    return round((old + _young(major, flags, memory)) * MIB) if old else 0


def young_limit(version: str, flags: HeapFlags, memory: Memory) -> int:
    """Bytes of `heap_limit` that young objects alone may take; 0 where it cannot be told. Its arguments are the same.

    Where both are limited together V8 shares them out in another way, which is not reckoned here.
    """
    major = _major(version)
    if not _is_known(major, flags, memory) or WHOLE in flags.sizes:
        return 0
    return _young(major, flags, memory) * MIB


def _major(version: str) -> int:
    head = version.partition(".")[0]
    return int(head) if head.isdigit() else 0


def _is_known(major: int, flags: HeapFlags, memory: Memory) -> bool:
    return not flags.is_otherwise and major in _YOUNG and memory.size > 0


def _young(major: int, flags: HeapFlags, memory: Memory) -> int:
    """MiB of all semi-spaces."""
    semi = _power(flags.sizes[SEMI]) if SEMI in flags.sizes else _YOUNG[major].semi_space(memory.size / MIB)
    return _SPACES * semi


def _default(major: int, memory: float) -> float:
    """MiB of the old space by those of memory, 0 where it is not known."""
    if major < _KNOWN_SINCE or major not in _MUCH:
        return 0
    most = _MOST_OLD * (2 if memory >= _MUCH[major] else 1)
    return min(most, max(_LEAST_OLD, memory / 2))


def _power(size: float) -> int:
    """The next power of two."""
    return 1 << math.ceil(math.log2(size))
