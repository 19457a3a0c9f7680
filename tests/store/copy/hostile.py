"""`python -m tests.store.copy.hostile FILE SEEDS`: rows of every form, and such that are none, through one `_copy`.

Prints how many it laid out, read and took.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from random import Random
from typing import Any, Final

import numpy as np

from tests.ingest.scan.hostile import load

LIMITS: Final = (1e-30, 1e30)
NULL, FIGURE = b"\xff\xff\xff\xff", b"\0\0\0\x04" + b"\x3f\x80\0\0"


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


def told(chance: Random) -> tuple[bytes, Any, Any]:
    """The arguments of `figures`: rows of figures, of which some end too early or lie elsewhere."""
    count, width = chance.randrange(1, 20), chance.randrange(0, 9)
    fields = [chance.choice([NULL, FIGURE, FIGURE]) for _ in range(count * width)]
    ends = np.cumsum([0, *map(len, fields)])[::width] if width else np.zeros(count + 1, np.int64)
    data, places = b"".join(fields), np.array(ends[:-1], np.int64)
    if chance.random() < 0.5:
        data = data[: chance.randrange(len(data) + 1)] + chance.choice([b"", NULL[:3], b"\x7f\xff\xff\xff"])
    if chance.random() < 0.3:
        places[chance.randrange(count)] = chance.choice([-1, 1, len(data), 1 << 62])
    return data, places, np.empty((width, count), order=chance.choice("CF"))  # type: ignore[call-overload]


def pieces(chance: Random) -> tuple[bytes, Any, Any]:
    """The arguments of `cut`: pieces, of which some lie elsewhere."""
    count, data = chance.randrange(20), chance.randbytes(300)
    far = chance.choice([300, 301, 1 << 40])
    begins = np.array([chance.randrange(-1, 300) for _ in range(count)], np.int64)
    return data, begins, np.array([chance.randrange(-1, far) for _ in range(count)], np.int64)


class Library:
    """What the driver's library is to whoever takes rows: three functions, and memory that is to be released."""

    def __init__(self, rows: list[bytes], last: int) -> None:
        self.c, self.rows, self.last = ctypes.CDLL(None), rows, last
        self.c.malloc.restype = ctypes.c_void_p
        self.consume = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(lambda connection: 1)
        self.get = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p), ctypes.c_int)(
            self._row
        )

    def _row(self, connection: int, row: Any, is_not_waiting: int) -> int:
        if not self.rows:
            return self.last
        said = self.rows.pop(0)
        row[0] = self.c.malloc(ctypes.c_size_t(len(said)))
        ctypes.memmove(row[0], said, len(said))
        return len(said)

    def addresses(self) -> tuple[int, ...]:
        functions = self.consume, self.get, self.c.free
        return tuple(ctypes.cast(function, ctypes.c_void_p).value or 0 for function in functions)


def taken(module: Any, chance: Random) -> None:
    """Rows through `taken`, which must be as they were."""
    rows, last = (
        [chance.randbytes(chance.choice([1, 900, 70_000])) for _ in range(chance.randrange(30))],
        chance.choice([0, -1, -2]),
    )
    library = Library([*rows], last)  # its functions are gone when it is
    said, joined, sizes = module.taken(library.addresses(), 1, 1 << 22)
    if (said, joined, np.frombuffer(sizes, np.int64).tolist()) != (last, b"".join(rows), [*map(len, rows)]):
        raise SystemExit("what was taken is something else")


def main(path: str, seeds: int) -> int:
    module, done = load("advisor.store._copy", path), 0
    for seed in range(seeds):
        chance = Random(seed)
        arguments = made(chance)
        module.rows(*arguments)
        taken(module, chance)
        done += 1
        for function, asked in (
            (module.rows, broken(chance, arguments)),
            (module.figures, told(chance)),
            (module.cut, pieces(chance)),
        ):
            with suppress(TypeError, ValueError, OverflowError):
                function(*asked)
    sys.stdout.write(str(done))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
