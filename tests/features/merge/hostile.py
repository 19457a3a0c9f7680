"""`python -m tests.features.merge.hostile FILE SEEDS`: distributions, whole and broken, through one `_merge`.

Prints how many times it was asked.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from random import Random
from typing import Any

import numpy as np

from advisor.features.packing import pack
from tests.ingest.scan.hostile import load


def packet(chance: Random) -> bytes:
    """A distribution with whatever numbers, now and then with other bytes."""
    extremes = chance.randrange(4)
    far = chance.choice([3, 8, 40, 60, 63])
    numbers = [chance.randint(-(2**far), 2**far - 1) for _ in range(chance.choice([2, 10, 500]))]
    head = [chance.randrange(-12, 4), extremes, chance.randrange(3), chance.choice([-40, 0, 1 << 31, -(1 << 63)])]
    said = bytearray(pack([*head, *numbers], [1.0] * (1 + extremes.bit_count())))
    if chance.random() < 0.5:
        for _ in range(chance.randrange(3)):
            said[chance.randrange(len(said))] = chance.randrange(256)
        del said[chance.randrange(1, len(said) + 1) :]
    return bytes(said)


def asked(chance: Random) -> list[Any]:
    """The arguments of `quantiles`, of which one may be wrong."""
    packets = [packet(chance) for _ in range(chance.randrange(6))]
    size = chance.randrange(1, 4)
    ends = np.cumsum([0, *map(len, packets)], dtype=np.int64)
    cells = np.array([chance.randrange(size) for _ in packets], np.int64)
    given = [b"".join(packets), ends[:-1], ends[1:], cells, np.array([0.0, 0.5, 1.0]), np.empty((3, size))]
    if chance.random() < 0.3:
        wrong: list[Any] = [
            None,
            b"x",
            -1,
            np.zeros(0),
            np.zeros((1, 1), "f4"),
            np.full(6, -1),
            np.full(6, 1 << 62),
            cells[:0],
        ]
        given[chance.randrange(6)] = chance.choice(wrong)
    return given


def main(path: str, seeds: int) -> int:
    module, done = load("advisor.features._merge", path), 0
    for seed in range(20 * seeds):
        with suppress(TypeError, ValueError, BufferError):
            module.quantiles(*asked(Random(seed)))
            done += 1
    sys.stdout.write(str(done))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
