"""Compact bytes for a handful of numbers: a version, varints (zigzag, base 128), then doubles."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

VERSION: Final = 1


def pack(integers: Sequence[int], floats: Sequence[float]) -> bytes:
    """Bytes from which `unpack` gets the same numbers; small integers take one byte each."""
    signless = [n << 1 if n >= 0 else (-n << 1) - 1 for n in (len(integers), *integers)]
    packed = bytes(signless) if max(signless) < 0x80 else _varints(signless)  # one byte each, nearly always
    return b"%c%b%b" % (VERSION, packed, struct.pack(f"<{len(floats)}d", *floats))


def _varints(signless: Sequence[int]) -> bytes:
    packed = bytearray()
    for rest in signless:
        while rest > 0x7F:
            packed.append(rest & 0x7F | 0x80)
            rest >>= 7  # what is left of it
        packed.append(rest)
    return bytes(packed)


def unpack(data: bytes) -> tuple[list[int], list[float]]:
    """The integers and floats that `pack` was given.

    Raises:
        ValueError: the bytes are cut off, or of a version that this code does not know.
    """
    if not data or data[0] != VERSION:
        raise ValueError(f"packed numbers of version {data[0] if data else 'none'}, not {VERSION}")
    count, position = _integer(data, 1)
    integers, rest = _small(data, position, count) or _any(data, position, count)
    if len(rest) % 8:
        raise ValueError("packed numbers are cut off")
    return integers, list(struct.unpack(f"<{len(rest) // 8}d", rest))


def _small(data: bytes, position: int, count: int) -> tuple[list[int], bytes] | None:
    """The integers and what follows, if each of them is one byte."""
    found = data[position : position + count]
    if len(found) != count or (count and max(found) > 0x7F):
        return None
    return [(byte >> 1) ^ -(byte & 1) for byte in found], data[position + count :]


def _any(data: bytes, position: int, count: int) -> tuple[list[int], bytes]:
    integers: list[int] = []
    value = shift = 0
    for place, byte in enumerate(data[position:], position + 1):
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            integers.append((value >> 1) ^ -(value & 1))
            value = shift = 0
            if len(integers) == count:
                return integers, data[place:]
    raise ValueError("packed numbers are cut off")


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
