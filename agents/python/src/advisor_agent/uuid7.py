"""Batch identifiers, without the `uuid` module's memory."""

from __future__ import annotations

import os
import time


def uuid7() -> str:
    """A UUID version 7 (RFC 9562 section 5.7) whose text sorts by time of creation.

    The 12 bits after the version hold the fraction of the millisecond (section 6.2, method 3).
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    tail = int.from_bytes(os.urandom(8), "big") & (1 << 62) - 1 | 1 << 63
    text = f"{milliseconds:012x}7{fraction:03x}{tail:016x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def time_of(text: str) -> float:
    """Unix seconds at which a UUID version 7 was made. ValueError for what is none."""
    return int(text[:8] + text[9:13], 16) / 1000


def is_uuid(text: str) -> bool:
    """True for the 36-character form of any UUID."""
    groups = text.split("-")
    return [len(group) for group in groups] == [8, 4, 4, 4, 12] and all(
        character in "0123456789abcdefABCDEF" for group in groups for character in group
    )
