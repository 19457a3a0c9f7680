"""What `packing.pack` packed, many at once: a chart reads thousands of distributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.features.packing import VERSION
from advisor.features.runs import Whole, runs
from advisor.features.window import Array


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The numbers of many packets, one packet after the other.

    Attributes:
        integers: shape (all integers,).
        sizes: how many of them each packet has, shape (packets,).
        floats: shape (all floats,).
        float_sizes: how many of them each packet has, shape (packets,).
    """

    integers: Whole
    sizes: Whole
    floats: Array
    float_sizes: Whole


def unpack_many(packets: Sequence[bytes]) -> Unpacked:
    """The integers and floats that `pack` was given, of all packets.

    Raises:
        ValueError: bytes that are cut off, or of a version that this code does not know.
    """
    data = np.frombuffer(b"".join((*packets, bytes(1))), np.uint8)
    bounds = np.cumsum([0, *map(len, packets)], dtype=np.int64)
    if (data[bounds[:-1]] != VERSION).any() or not all(packets):
        raise ValueError(f"packed numbers of another version than {VERSION}")
    ends = np.flatnonzero(data < 0x80)  # where integers end; the bytes of floats look like some as well
    counts = np.searchsorted(ends, bounds[:-1]) + 1  # the version is one byte, the next integer says how many follow
    _check(counts, ends)
    sizes = _integers(data, ends, counts)
    _check(counts + np.maximum(sizes, 0), ends)
    rests = ends[counts + sizes] + 1
    if (sizes < 0).any() or ((bounds[1:] - rests) % 8).any() or (rests > bounds[1:]).any():
        raise ValueError("packed numbers are cut off")
    float_sizes = (bounds[1:] - rests) // 8
    which, places = runs(np.zeros_like(rests), float_sizes)
    return Unpacked(
        _integers(data, ends, runs(counts + 1, counts + 1 + sizes)[1]),
        sizes,
        _floats(data, rests[which] + 8 * places),
        float_sizes,
    )


def _check(places: Whole, ends: Whole) -> None:
    if len(places) and places.max() >= len(ends):
        raise ValueError("packed numbers are cut off")


def _integers(data: NDArray[np.uint8], ends: Whole, places: Whole) -> Whole:
    """The integers that end at some of the `ends`."""
    begins, last = ends[places - 1] + 1, ends[places]
    values = (data[begins] & 0x7F).astype(np.uint64)
    longer = np.flatnonzero(begins < last)  # few are: most buckets count less than 64
    byte = 1
    while longer.size:
        at = begins[longer] + byte
        values[longer] |= (data[at] & 0x7F).astype(np.uint64) << np.uint64(min(7 * byte, 63))
        longer, byte = longer[at < last[longer]], byte + 1
    return (values >> np.uint64(1)).astype(np.int64) ^ -(values & np.uint64(1)).astype(np.int64)


def _floats(data: NDArray[np.uint8], places: Whole) -> Array:
    """The doubles that begin at some bytes."""
    found: Array = data[places[:, None] + np.arange(8)].copy().view("<f8")[:, 0].astype(np.float64)
    return found
