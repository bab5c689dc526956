"""Slices to another pixel size, by separable linear interpolation that averages when it makes pixels larger."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def resample(
    pictures: NDArray[np.float32], rows: tuple[float, float, int], columns: tuple[float, float, int]
) -> NDArray[np.float32]:
    """Sample pictures on another regular grid of the same plane.

    Args:
        pictures: ``(..., row, column)``.
        rows: first source row, step in source rows, number of rows to make.
        columns: the same for columns.

    Returns:
        ``(..., rows[2], columns[2])``; beyond the edge the border is repeated.
    """
    down = _weights(pictures.shape[-2], *rows)
    across = _weights(pictures.shape[-1], *columns)
    return np.asarray(down @ pictures @ across.T, np.float32)


@lru_cache(maxsize=64)
def _weights(size: int, first: float, step: float, count: int) -> NDArray[np.float32]:
    """(count, size) weights: a tent as wide as the larger of the two pixels."""
    position = np.clip(first + step * np.arange(count), 0, size - 1)[:, None]
    tent = np.clip(1 - np.abs(position - np.arange(size)) / max(step, 1.0), 0, None)
    return np.asarray(tent / tent.sum(1, keepdims=True), np.float32)


__all__ = ["resample"]
