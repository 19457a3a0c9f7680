"""Compact bytes for a handful of numbers: a version, varints (zigzag, base 128), then doubles."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

_VERSION: Final = 1


def pack(integers: Sequence[int], floats: Sequence[float]) -> bytes:
    """Bytes from which `unpack` gets the same numbers; small integers take one byte each."""
    packed = bytearray((_VERSION,))
    for integer in (len(integers), *integers):
        rest = integer << 1 if integer >= 0 else (-integer << 1) - 1
        while rest > 0x7F:
            packed.append(rest & 0x7F | 0x80)
            rest >>= 7
        packed.append(rest)
    return bytes(packed) + struct.pack(f"<{len(floats)}d", *floats)


def unpack(data: bytes) -> tuple[list[int], list[float]]:
    """The integers and floats that `pack` was given.

    Raises:
        ValueError: the bytes are cut off, or of a version that this code does not know.
    """
    if not data or data[0] != _VERSION:
        raise ValueError(f"packed numbers of version {data[0] if data else 'none'}, not {_VERSION}")
    integers: list[int] = []
    count, position = _integer(data, 1)
    for _ in range(count):
        integer, position = _integer(data, position)
        integers.append(integer)
    rest = data[position:]
    if len(rest) % 8:
        raise ValueError("packed numbers are cut off")
    return integers, list(struct.unpack(f"<{len(rest) // 8}d", rest))


def _integer(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if position >= len(data):
            raise ValueError("packed numbers are cut off")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), position
