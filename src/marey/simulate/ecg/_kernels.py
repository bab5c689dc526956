"""Sorting of lead-field weights by time."""

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import jit

FloatArray = NDArray[np.float64]


@jit
def histogram(weights: FloatArray, times: FloatArray, start: float, step: float, bins: int) -> FloatArray:
    """Weights (e, n) shared between the two nearest of `bins` times, ``start + step * k``: (e, bins)."""
    out = np.zeros((weights.shape[0], bins))
    for v in range(times.size):
        place = (times[v] - start) / step
        k = min(int(place), bins - 2)
        part = place - k
        for e in range(weights.shape[0]):
            out[e, k] += (1 - part) * weights[e, v]
            out[e, k + 1] += part * weights[e, v]
    return out


__all__ = ["histogram"]
