"""Array code of scenes: polygons and cells on the axes of a slice stack."""

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import jit

FloatArray = NDArray[np.float64]


@jit
def place(
    corners: FloatArray, axes: FloatArray, shift: FloatArray, mirrored: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Corners (m, k, 3) as ``axes @ corner + shift``, reversed if mirrored; each one's span of the last axis.

    Args:
        corners: of m polygons or cells.
        axes: (3, 3).
        shift: (3,).
        mirrored: whether the axes are left-handed.

    Returns:
        (m, k, 3) places, (m,) lowest and (m,) highest last coordinate.
    """
    count, size = corners.shape[:2]
    found, low, high = np.empty((count, size, 3)), np.full(count, np.inf), np.full(count, -np.inf)
    for m in range(count):
        for k in range(size):
            x, y, z = corners[m, k, 0], corners[m, k, 1], corners[m, k, 2]
            to = size - 1 - k if mirrored else k
            for i in range(3):
                found[m, to, i] = axes[i, 0] * x + axes[i, 1] * y + axes[i, 2] * z + shift[i]
            low[m], high[m] = min(low[m], found[m, to, 2]), max(high[m], found[m, to, 2])
    return found, low, high


__all__ = ["place"]
