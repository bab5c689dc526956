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

    Papillary muscles and trabeculae count as cavity. Probabilities are smoothed over the beat when there are enough
    phases, made consistent through the slices, and interpolated to the image's own pixels.

    Args:
        net: the network.
        time_smoothing: weight of the phases before and after; 0 looks at every phase alone.
        enough_phases: smooth over time only from this number of phases on.
    """

    net: ShortAxisNet = field(default_factory=ShortAxisNet)
    time_smoothing: float = 0.15
    enough_phases: int = 12

    def __call__(self, image: Image) -> Labels:
        """Labels on the grid of `image`, which should hold little more than the heart, with their probability."""
        rows, columns, steps = _working_grid(image)
        stacks = resample(image.values.astype(np.float32), (0.0, steps[0], rows), (0.0, steps[1], columns))
        probability = self.net(stacks)
        if image.phases >= self.enough_phases and self.time_smoothing:
            around = np.roll(probability, 1, axis=1) + np.roll(probability, -1, axis=1)
            probability = (1 - 2 * self.time_smoothing) * probability + self.time_smoothing * around
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
