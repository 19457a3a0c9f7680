import numpy as np
from numpy.typing import NDArray

def quantiles(
    data: bytes,
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    cells: NDArray[np.int64],
    shares: NDArray[np.float64],
    into: NDArray[np.float64],
    /,
) -> None: ...
