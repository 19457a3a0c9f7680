"""What `packing.pack` packed, many at once: a chart reads thousands of distributions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from advisor.features.packing import VERSION
from advisor.features.runs import Whole, runs
from advisor.features.window import Array

_MORE: Final = 0x80
"""Set in each byte of an integer but its last."""

_DOUBLE: Final = np.dtype("<f8")


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


def unpack_many(data: bytes, begins: Whole, ends: Whole) -> Unpacked:
    """The integers and floats that `pack` was given, of all packets, which lie anywhere in some bytes.

    Raises:
        ValueError: bytes that are cut off, or of a version that this code does not know.
    """
    low, high = int(begins.min(initial=len(data))), int(ends.max(initial=0))
    return _unpacked(np.frombuffer(data, np.uint8)[low:high], begins - low, ends - low)


def _unpacked(data: NDArray[np.uint8], begins: Whole, ends: Whole) -> Unpacked:
    if (begins >= ends).any() or (data[begins] != VERSION).any():
        raise ValueError(f"packed numbers of another version than {VERSION}")
    lasts = np.flatnonzero(data < _MORE)  # of integers; the bytes of floats look like some as well
    counts = np.searchsorted(lasts, begins) + 1  # the version is one byte, the next integer says how many follow
    _check(counts, lasts)
    sizes = _integers(data, lasts[counts])
    _check(counts + sizes, lasts)
    rests = lasts[counts + sizes] + 1
    if (sizes < 0).any() or ((ends - rests) % _DOUBLE.itemsize).any() or (rests > ends).any():
        raise ValueError("packed numbers are cut off")
    float_sizes = (ends - rests) // _DOUBLE.itemsize
    _, places = runs(counts + 1, counts + 1 + sizes)
    which, numbers = runs(np.zeros_like(rests), float_sizes)
    floats = _floats(data, rests[which] + _DOUBLE.itemsize * numbers)
    return Unpacked(_integers(data, lasts[places]), sizes, floats, float_sizes)


def _check(places: Whole, lasts: Whole) -> None:
    if len(places) and (places.min() < 0 or places.max() >= len(lasts)):
        raise ValueError("packed numbers are cut off")


def _integers(data: NDArray[np.uint8], lasts: Whole) -> Whole:
    """The integers whose last bytes lie at these places; the byte before an integer is the last one of another."""
    values: NDArray[np.unsignedinteger[Any]] = data[lasts]
    longer, byte = np.flatnonzero(data[lasts - 1] >= _MORE), 1
    if longer.size:
        values = values.astype(np.uint64)
    while longer.size:
        at = lasts[longer] - byte
        values[longer] = values[longer] << np.uint64(7) | (data[at] & 0x7F)
        longer, byte = longer[data[at - 1] >= _MORE], byte + 1
    one = values.dtype.type(1)
    signed: Whole = (values >> one ^ ~(values & one) + one).view(f"i{values.itemsize}").astype(np.int64)
    return signed


def _floats(data: NDArray[np.uint8], places: Whole) -> Array:
    """The doubles that begin at some bytes."""
    everywhere = np.ndarray((max(len(data) - _DOUBLE.itemsize + 1, 0),), f"V{_DOUBLE.itemsize}", data, 0, (1,))
    found: Array = everywhere[places].view(_DOUBLE).astype(np.float64, copy=False)
    return found
