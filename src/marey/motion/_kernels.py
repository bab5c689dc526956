"""Array code of the registration: stacks of pictures (n, row, column), fields in pixels."""

import numpy as np
from numpy.typing import NDArray

from marey.core.jit import jit

Float32 = NDArray[np.float32]


@jit
def warped(pictures: Float32, field: Float32) -> Float32:
    """Pictures (n, row, column, channel) read where the field (n, row, column, 2) leads."""
    out = np.empty_like(pictures)
    n, rows, columns, channels = pictures.shape
    for k in range(n):
        for i in range(rows):
            for j in range(columns):
                y = min(max(i + field[k, i, j, 0], 0.0), rows - 1.001)
                x = min(max(j + field[k, i, j, 1], 0.0), columns - 1.001)
                top, left = int(y), int(x)
                b, a = np.float32(y - top), np.float32(x - left)
                for c in range(channels):
                    upper = (1 - a) * pictures[k, top, left, c] + a * pictures[k, top, left + 1, c]
                    lower = (1 - a) * pictures[k, top + 1, left, c] + a * pictures[k, top + 1, left + 1, c]
                    out[k, i, j, c] = (1 - b) * upper + b * lower
    return out


def compose(first: Float32, second: Float32) -> Float32:
    """The displacement of `second` after `first`, (n, row, column, 2): ``first(x) + second(x + first(x))``."""
    return first + warped(second, first)


@jit
def demons_force(fixed: Float32, moved: Float32, weights: Float32, longest: float) -> Float32:
    """Step of the symmetric demons, (n, row, column, 2) pixels, no longer than `longest`.

    Every channel pulls along the mean gradient of both pictures (Thirion 1998, doi:10.1016/S1361-8415(98)80022-4; the
    bound on the step is that of Vercauteren et al. 2009, doi:10.1016/j.neuroimage.2008.10.040).
    """
    n, rows, columns, channels = moved.shape
    out = np.zeros((n, rows, columns, 2), np.float32)
    normal = 1 / (4 * longest * longest)
    each = fixed.shape[0]
    for k in range(n):
        f = k % each
        for i in range(1, rows - 1):
            for j in range(1, columns - 1):
                gy = gx = energy = np.float32(0)
                for c in range(channels):
                    difference = fixed[f, i, j, c] - moved[k, i, j, c]
                    dy = 0.25 * (
                        fixed[f, i + 1, j, c] - fixed[f, i - 1, j, c] + moved[k, i + 1, j, c] - moved[k, i - 1, j, c]
                    )
                    dx = 0.25 * (
                        fixed[f, i, j + 1, c] - fixed[f, i, j - 1, c] + moved[k, i, j + 1, c] - moved[k, i, j - 1, c]
                    )
                    w = weights[c]
                    gy += w * difference * dy
                    gx += w * difference * dx
                    energy += w * (dy * dy + dx * dx + normal * difference * difference)
                if energy > 1e-9:
                    out[k, i, j, 0] = gy / energy
                    out[k, i, j, 1] = gx / energy
    return out


@jit
def blurred(field: Float32, kernel: Float32) -> Float32:
    """Field (n, row, column, 2) convolved with an odd kernel along rows and columns; the edge is repeated."""
    n, rows, columns, _ = field.shape
    half = len(kernel) // 2
    out = np.empty_like(field)
    for k in range(n):
        along = np.zeros((rows, columns, 2), np.float32)
        for i in range(rows):
            for d in range(-half, half + 1):
                source = min(max(i + d, 0), rows - 1)
                w = kernel[d + half]
                for j in range(columns):
                    along[i, j, 0] += w * field[k, source, j, 0]
                    along[i, j, 1] += w * field[k, source, j, 1]
        for i in range(rows):
            for j in range(columns):
                y = x = np.float32(0)
                for d in range(-half, half + 1):
                    source = min(max(j + d, 0), columns - 1)
                    y += kernel[d + half] * along[i, source, 0]
                    x += kernel[d + half] * along[i, source, 1]
                out[k, i, j, 0] = y
                out[k, i, j, 1] = x
    return out


__all__ = ["blurred", "compose", "demons_force", "warped"]
