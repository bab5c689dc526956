"""Smooth random fields on stacks of slices: what stands for coils, flow, field maps and texture."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def smooth_field(rng: np.random.Generator, shape: tuple[int, ...], knots: int) -> NDArray[np.float32]:
    """A random field of unit variance that varies on a scale of ``1 / knots`` of the picture.

    Args:
        rng: source of randomness.
        shape: ``(slice, row, column)``; neighbouring slices are correlated.
        knots: number of independent values across the picture.
    """
    depth, rows, columns = shape
    between = max(2, min(knots // 3, depth))
    coarse = rng.standard_normal((between, knots, knots), dtype=np.float32)
    along = _interpolation(depth, between)
    through = np.tensordot(along, coarse, (1, 0))  # (slice, knots, knots)
    field = _interpolation(rows, knots) @ through @ _interpolation(columns, knots).T
    return np.asarray(field, np.float32)


@lru_cache(maxsize=256)
def _interpolation(points: int, knots: int) -> NDArray[np.float32]:
    """(points, knots) weights of a cubic B-spline, smooth and cheap to apply."""
    position = np.linspace(0, knots - 1, points)[:, None] if points > 1 else np.array([[(knots - 1) / 2]])
    t = np.abs(position - np.arange(knots)[None])
    spline = np.where(t < 1, 2 / 3 - t**2 + t**3 / 2, np.where(t < 2, (2 - t) ** 3 / 6, 0))
    spline /= np.linalg.norm(spline, axis=1, keepdims=True)
    return np.asarray(spline, np.float32)


__all__ = ["smooth_field"]
