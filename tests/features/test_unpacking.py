"""Many packets at once give the numbers of each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.features.packing import pack, unpack
from advisor.features.unpacking import Unpacked, unpack_many

PACKETS = st.lists(
    st.tuples(st.lists(st.integers(-(2**63), 2**63 - 1)), st.lists(st.floats(allow_nan=False))).map(
        lambda one: pack(*one)
    ),
    max_size=20,
)


def unpacked(packets: list[bytes]) -> Unpacked:
    """Of packets that lie between what looks like integers without an end."""
    ends = np.cumsum([2 + len(packet) for packet in packets], dtype=np.int64)
    sizes = np.array([len(packet) for packet in packets], dtype=np.int64)
    return unpack_many(b"".join(b"\xff\xff" + packet for packet in packets) + b"\xff", ends - sizes, ends)


@given(PACKETS)
def test_the_numbers_of_all_are_those_of_each(packets: list[bytes]) -> None:
    found, each = unpacked(packets), [unpack(packet) for packet in packets]

    assert found.integers.tolist() == [number for integers, _ in each for number in integers]
    assert found.sizes.tolist() == [len(integers) for integers, _ in each]
    assert found.floats.tolist() == [number for _, floats in each for number in floats]
    assert found.float_sizes.tolist() == [len(floats) for _, floats in each]


@given(PACKETS, st.data())
def test_what_is_cut_off_is_refused_wherever_it_lies(packets: list[bytes], data: st.DataObject) -> None:
    whole = pack([3, 70, -1000], [0.5])
    no_end_of_numbers = st.integers(0, len(whole) - 1).filter(lambda size: size != len(whole) - 8)
    cut = whole[: data.draw(no_end_of_numbers)]
    packets.insert(data.draw(st.integers(0, len(packets))), cut)

    with pytest.raises(ValueError, match="packed numbers"):
        unpacked(packets)


def test_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version"):
        unpacked([b"\x02" + pack([1], [])[1:]])
