"""`python -m tests.store.copy.hostile FILE SEEDS`: rows of every form, and such that are none, through one `_copy`.

Prints how many of them it laid out.
"""

from __future__ import annotations

import sys
from random import Random
from typing import Any, Final

import numpy as np

from tests.ingest.scan.hostile import load

LIMITS: Final = (1e-30, 1e30)


def made(chance: Random) -> list[Any]:
    """The arguments of `rows`."""
    count, width = chance.randrange(1, 40), chance.randrange(0, 80)
    figures = np.array([[chance.choice([0.0, 1e31, np.nan, -2.5]) for _ in range(width)] for _ in range(count)])
    strange = chance.random() < 0.3  # figures with something between them
    told = np.zeros(count, [("head", "<u4"), ("values", "<f8", (width,))])["values"] if strange else None
    order = np.array(chance.sample(range(count), count))
    texts = [("kind", "n\u00e4me" * chance.randrange(50)) for _ in range(count)] if chance.random() < 0.5 else None
    blobs = [chance.choice([None, b"", b"x" * chance.randrange(300)]) for _ in range(count)]
    start, end = sorted((chance.randrange(count + 1), chance.randrange(count + 1)))
    numbers = np.array([[chance.getrandbits(62)] * 3 for _ in range(count)])
    laid = figures.reshape(count, width) if told is None else told
    return [numbers, np.ones(count), order, laid, texts, blobs if chance.random() < 0.5 else None, LIMITS, start, end]


def broken(chance: Random, arguments: list[Any]) -> list[Any]:
    """The same with one of them wrong."""
    wrong = list(arguments)
    place = chance.choice([0, 1, 2, 3, 4, 5, 7, 8])
    wrong[place] = chance.choice(
        [None, [], [()], b"x", -1, 1 << 40, np.zeros(0), np.zeros((1, 1), "f4"), [("a", 1)] * 40]
    )
    return wrong


def main(path: str, seeds: int) -> int:
    rows, laid = load("advisor.store._copy", path).rows, 0
    for seed in range(seeds):
        chance = Random(seed)
        arguments = made(chance)
        rows(*arguments)
        laid += 1
        try:
            rows(*broken(chance, arguments))
        except (TypeError, ValueError, OverflowError):
            continue
    sys.stdout.write(str(laid))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
