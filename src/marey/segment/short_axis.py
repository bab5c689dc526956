"""Label the ventricles in a short-axis cine."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from marey.core import Image, Labels
from marey.nets.labels import PIXEL, STRUCTURES
from marey.nets.resample import resample
from marey.nets.short_axis import ShortAxisNet
from marey.segment.tidy import tidy


@dataclass(frozen=True)
class SegmentShortAxis:
    """LV cavity, LV myocardium and RV cavity on every slice and phase.

    Papillary muscles and trabeculae count as cavity. Probabilities are smoothed over the beat, made consistent through
    the slices, and interpolated to the image's own pixels.

    Args:
        net: the network.
        time_smoothing: standard deviation of the smoothing over time, as a fraction of the beat: the same whatever the
            number of phases, so that few of them do not lose the smallest and largest cavity to their neighbours.
    """

    net: ShortAxisNet = field(default_factory=ShortAxisNet)
    time_smoothing: float = 0.018

    def __call__(self, image: Image) -> Labels:
        """Labels on the grid of `image`, which should hold little more than the heart, with their probability."""
        rows, columns, steps = _working_grid(image)
        stacks = resample(image.values.astype(np.float32), (0.0, steps[0], rows), (0.0, steps[1], columns))
        probability = self.net(stacks)
        neighbour = min((self.time_smoothing * image.phases) ** 2 / 2, 0.25)
        around = np.roll(probability, 1, axis=1) + np.roll(probability, -1, axis=1)
        probability = (1 - 2 * neighbour) * probability + neighbour * around
        return _on_pixels(tidy(probability), image, steps)


def _working_grid(image: Image) -> tuple[int, int, tuple[float, float]]:
    _, dy, dx = image.grid.spacing
    _, height, width = image.grid.shape
    return int(np.ceil(height * dy / PIXEL)), int(np.ceil(width * dx / PIXEL)), (PIXEL / dy, PIXEL / dx)


def _on_pixels(probability: NDArray[np.float32], image: Image, steps: tuple[float, float]) -> Labels:
    """Interpolate phase by phase, so that memory stays small."""
    shape = image.values.shape
    _, height, width = image.grid.shape
    values = np.empty(shape, np.uint8)
    kept = np.empty((len(STRUCTURES), *shape), np.uint8)
    for t in range(shape[0]):
        fine = resample(probability[:, t], (0.0, 1 / steps[0], height), (0.0, 1 / steps[1], width))
        values[t] = fine.argmax(0)
        kept[:, t] = np.rint(fine[1:] * 255)
    return Labels(values, image.grid, image.times, STRUCTURES, kept)


__all__ = ["SegmentShortAxis"]
