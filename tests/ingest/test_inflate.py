from __future__ import annotations

import gzip
import os
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.ingest import limits
from advisor.ingest.answers import Refusal
from advisor.ingest.inflate import Gunzip, Identity

TEXT = b'{"resourceMetrics":[]}' * 50


def inflate(data: bytes, step: int = 1000) -> bytes:
    reader = Gunzip()
    for start in range(0, len(data), step):
        reader.feed(data[start : start + step])
    return reader.finish()


@given(st.binary(max_size=5000), st.integers(1, 700))
def test_what_gzip_checked_is_told(data: bytes, step: int) -> None:
    reader, several = Gunzip(), Gunzip()
    compressed = gzip.compress(data)
    for start in range(0, len(compressed), step):
        reader.feed(compressed[start : start + step])
    several.feed(compressed * 2)
    assert (reader.finish(), reader.crc) == (data, zlib.crc32(data))
    assert (several.finish(), several.crc) == (data * 2, None)


def refused(data: bytes, step: int = 1000) -> tuple[int, str]:
    with pytest.raises(Refusal) as caught:
        inflate(data, step)
    return caught.value.status, caught.value.message


@given(st.binary(max_size=5000), st.integers(1, 700), st.integers(1, limits.GZIP_MEMBERS))
def test_gives_back_what_was_compressed_however_it_arrives(data: bytes, step: int, members: int) -> None:
    assert inflate(gzip.compress(data) * members, step) == data * members


@pytest.mark.parametrize("step", [1_000, 1 << 20])
@pytest.mark.parametrize("unit", [bytes(1 << 16), b"a" * 65_537, random.Random(1).randbytes(1 << 16)])
def test_what_comes_out_in_many_pieces_is_put_together(unit: bytes, step: int) -> None:
    assert inflate(gzip.compress(unit * 3), step) == unit * 3


def test_identity_gives_back_what_it_was_fed() -> None:
    reader = Identity()
    reader.feed(b"ab")
    reader.feed(b"c")
    assert reader.finish() == b"abc"


def test_a_bomb_is_refused_long_before_it_is_out() -> None:
    reader = Gunzip()
    with pytest.raises(Refusal) as caught:
        reader.feed(gzip.compress(bytes(50_000_000)))
    assert caught.value.status == 413
    assert reader.size <= limits.INFLATED_BYTES + (64 << 10)


def test_size_is_bounded_also_at_a_small_ratio() -> None:
    sparse = b"".join(os.urandom(1000) + bytes(19_000) for _ in range(250))
    status, message = refused(gzip.compress(sparse), 4096)
    assert status == 413
    assert str(limits.INFLATED_BYTES) in message


def test_a_small_body_may_compress_very_well() -> None:
    data = bytes(limits.RATIO_FREE_BYTES)
    assert inflate(gzip.compress(data)) == data


def test_one_member_too_many_is_refused() -> None:
    assert refused(gzip.compress(TEXT) * (limits.GZIP_MEMBERS + 1))[0] == 413


@pytest.mark.parametrize("cut", [1, 4, 8, 9, 40])
def test_a_cut_off_body_is_refused(cut: int) -> None:
    status, message = refused(gzip.compress(TEXT)[:-cut])
    assert status == 400
    assert "cut off" in message


@pytest.mark.parametrize("trailing", [b"x", b"xy", b"\0" * 8, b"\x1f"])
@pytest.mark.parametrize("step", [1, 1000])
def test_trailing_bytes_are_refused(trailing: bytes, step: int) -> None:
    assert refused(gzip.compress(TEXT) + trailing, step)[0] == 400


def test_a_wrong_checksum_and_plain_text_are_refused() -> None:
    broken = bytearray(gzip.compress(TEXT))
    broken[-6] ^= 1
    assert refused(bytes(broken))[0] == 400
    assert refused(TEXT)[0] == 400
    assert refused(b"")[0] == 400
