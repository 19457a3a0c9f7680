"""packing: numbers in, the same numbers out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.features.packing import pack, unpack


@settings(deadline=None)  # a shared machine may pause
@given(st.lists(st.integers(-(2**70), 2**70)), st.lists(st.floats(allow_nan=False)))
def test_unpack_undoes_pack(integers: list[int], floats: list[float]) -> None:
    assert unpack(pack(integers, floats)) == (integers, floats)


def test_small_integers_take_one_byte() -> None:
    assert len(pack([0, 1, -1, 63, -64], [])) == 1 + 1 + 5


@pytest.mark.parametrize("data", [b"", b"\x02\x00", b"\x01", b"\x01\x02", b"\x01\x02\x80", b"\x01\x00abc"])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="packed numbers"):
        unpack(data)
