from typing import Any

import numpy as np
from numpy.typing import NDArray

def rows(
    numbers: NDArray[np.int64],
    spans: NDArray[np.float64],
    order: NDArray[np.intp],
    figures: NDArray[Any],
    texts: list[tuple[str, ...]] | None,
    blobs: list[bytes | None] | None,
    limits: tuple[float, float],
    start: int,
    end: int,
    /,
) -> bytes: ...
