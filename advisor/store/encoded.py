"""Distributions as they are stored, in the bytes that they came with: most of them nobody asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import overload

import numpy as np

from advisor.features.histogram import Histogram
from advisor.features.runs import Whole
from advisor.store.binary import COMPILED


class Blobs(Sequence[bytes | None]):
    """Many strings of bytes within a longer one; None where the end lies before the beginning."""

    __slots__ = ("_begins", "_data", "_ends")

    def __init__(self, data: bytes, begins: Whole, ends: Whole) -> None:
        self._data, self._begins, self._ends = data, begins, ends

    @overload
    def __getitem__(self, place: int) -> bytes | None: ...
    @overload
    def __getitem__(self, place: slice) -> Blobs: ...
    def __getitem__(self, place: int | slice) -> bytes | Blobs | None:
        begin, end = self._begins[place], self._ends[place]
        if isinstance(place, slice):
            return Blobs(self._data, begin, end)
        return self._data[begin:end] if begin <= end else None

    def __iter__(self) -> Iterator[bytes | None]:
        data, bounds = self._data, zip(self._begins.tolist(), self._ends.tolist(), strict=True)
        return (data[begin:end] if begin <= end else None for begin, end in bounds)

    def __len__(self) -> int:
        return len(self._begins)

    def put_in(self, order: Whole) -> Blobs:
        """The same in another order."""
        return Blobs(self._data, self._begins[order], self._ends[order])

    @classmethod
    def joined(cls, some: Sequence[Blobs]) -> Blobs:
        """One after the other, without what lies before the first and behind the last of each."""
        begins, ends, data, size = [], [], [], 0
        for each in some:
            low, high = each._begins.min(initial=len(each._data)), each._ends.max(initial=0)
            begins.append(each._begins + (size - low))
            ends.append(np.where(each._begins <= each._ends, each._ends + (size - low), -1))
            data.append(each._data[low:high])
            size += len(data[-1])
        return cls(b"".join(data), np.concatenate(begins), np.concatenate(ends))

    @classmethod
    def of(cls, said: Iterable[bytes | None], sizes: Whole) -> Blobs:
        """These, with nothing between them; `sizes` are their bytes, -1 where there is None."""
        ends = np.cumsum(np.maximum(sizes, 0))
        return cls(b"".join(filter(None, said)), ends - sizes, ends)

    @classmethod
    def without(cls, size: int) -> Blobs:
        """None, so many times."""
        return cls(b"", np.zeros(size, np.int64), np.full(size, -1))

    def cut_out(self) -> Blobs:
        """The same, side by side, without keeping what they lie in."""
        if COMPILED is not None:
            told = [COMPILED.cut(self._data, self._begins, self._ends)]
        else:
            told = [blob for blob in self if blob is not None]
        return Blobs.of(told, np.maximum(self._ends - self._begins, -1))

    def bounds(self, rows: Whole) -> tuple[bytes, Whole, Whole]:
        """What they lie in, and where those of some rows begin and end."""
        return self._data, self._begins[rows], self._ends[rows]

    def told(self) -> Whole:
        """The places of those that are not None."""
        return np.flatnonzero(self._begins <= self._ends)


class Distributions(Mapping[int, Histogram]):
    """Row index -> its distribution, decoded when somebody asks: most rules never do."""

    __slots__ = ("_decoded", "_encoded")

    def __init__(self, encoded: Blobs) -> None:
        self._encoded = encoded
        self._decoded: dict[int, Histogram] = {}

    def __getitem__(self, index: int) -> Histogram:
        if index not in self._decoded:
            self._decoded[index] = Histogram.decode(self._told(index))
        return self._decoded[index]

    def _told(self, index: int) -> bytes:
        encoded = self._encoded[index] if index in range(len(self._encoded)) else None
        if encoded is None:
            raise KeyError(index)
        return encoded

    def __iter__(self) -> Iterator[int]:
        return iter(self._encoded.told().tolist())

    def __len__(self) -> int:
        return len(self._encoded.told())
