"""The least squares of a few unknowns, none of them negative."""

from __future__ import annotations

import numpy as np

from advisor.features.window import Array


def non_negative(matrix: Array, target: Array) -> Array:
    """Non-negative least squares (Lawson and Hanson's active set): x >= 0 with the least |matrix x - target|."""
    scale = np.maximum(np.linalg.norm(matrix, axis=0), 1e-12)
    columns = matrix / scale
    gram, moment = columns.T @ columns, columns.T @ target
    best, free = np.zeros(moment.size), np.zeros(moment.size, dtype=bool)
    least = 1e-10 * max(1.0, float(np.abs(moment).max()))
    for _ in range(3 * moment.size):
        gain = np.where(free, -np.inf, moment - gram @ best)
        if not gain.max() > least:
            break
        free[int(gain.argmax())] = True
        best = _within(gram, moment, best, free)
    found: Array = best / scale
    return found


def _within(gram: Array, moment: Array, best: Array, free: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Array:
    """The best over the free variables; those that would turn negative are bound again (in `free`)."""
    while free.any():
        tried = np.zeros(best.size)
        tried[free] = solved(gram[free][:, free], moment[free])
        negative = free & (tried <= 0)
        if not negative.any():
            return tried
        step = float(np.min(best[negative] / np.maximum(best[negative] - tried[negative], 1e-300)))
        best = best + step * (tried - best)
        free &= best > 1e-14
    return np.zeros(best.size)


def solved(gram: Array, target: Array) -> Array:
    """The solution of equations with a symmetric matrix; of several the smallest."""
    try:
        return np.asarray(np.linalg.solve(gram, target), np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(gram) @ target, np.float64)
