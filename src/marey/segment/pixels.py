"""Between an image's own pixels and those that the network works on, and over time."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from marey.core import Image, Labels, Structure
from marey.nets.labels import PIXEL
from marey.nets.resample import resample

Float32 = NDArray[np.float32]
Steps = tuple[float, float]


def working_stack(image: Image) -> tuple[Float32, Steps]:
    """``(t, z, row, column)`` with pixels of `PIXEL` mm, and its steps in the image's rows and columns."""
    _, dy, dx = image.grid.spacing
    _, height, width = image.grid.shape
    rows, columns, steps = int(np.ceil(height * dy / PIXEL)), int(np.ceil(width * dx / PIXEL)), (PIXEL / dy, PIXEL / dx)
    return resample(image.values.astype(np.float32), (0.0, steps[0], rows), (0.0, steps[1], columns)), steps


def smoothed_over_time(probability: Float32, deviation: float) -> Float32:
    """Probabilities ``(class, t, ...)`` of a beat, smoothed by a standard deviation given as a fraction of it."""
    neighbour = min((deviation * probability.shape[1]) ** 2 / 2, 0.25)
    around = np.roll(probability, 1, axis=1) + np.roll(probability, -1, axis=1)
    return np.asarray((1 - 2 * neighbour) * probability + neighbour * around, np.float32)


def on_pixels(probability: Float32, image: Image, steps: Steps, structures: Mapping[int, Structure]) -> Labels:
    """Labels on the image's pixels, interpolated phase by phase so that memory stays small."""
    shape = image.values.shape
    _, height, width = image.grid.shape
    values = np.empty(shape, np.uint8)
    kept = np.empty((len(structures), *shape), np.uint8)
    for t in range(shape[0]):
        fine = resample(probability[:, t], (0.0, 1 / steps[0], height), (0.0, 1 / steps[1], width))
        values[t] = fine.argmax(0)
        kept[:, t] = np.rint(fine[1:] * 255)
    return Labels(values, image.grid, image.times, dict(structures), kept)


__all__ = ["on_pixels", "smoothed_over_time", "working_stack"]
