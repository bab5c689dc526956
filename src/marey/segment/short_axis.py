"""Label the ventricles in a short-axis cine."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from marey.core import Image, Labels
from marey.nets.cine_net import CineNet
from marey.nets.labels import STRUCTURES
from marey.segment.pixels import on_pixels, smoothed_over_time, working_stack
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

    net: CineNet = field(default_factory=CineNet)
    time_smoothing: float = 0.018

    def __call__(self, image: Image) -> Labels:
        """Labels on the grid of `image`, which should hold little more than the heart, with their probability."""
        stacks, steps = working_stack(image)
        probability = smoothed_over_time(_ventricles(self.net(stacks)), self.time_smoothing)
        return on_pixels(tidy(probability), image, steps, STRUCTURES)


def _ventricles(probability: NDArray[np.float32]) -> NDArray[np.float32]:
    """Background and `STRUCTURES` alone: on short axes the atria count as background."""
    kept = probability[: 1 + len(STRUCTURES)].copy()
    kept[0] += probability[1 + len(STRUCTURES) :].sum(axis=0)
    return kept


__all__ = ["SegmentShortAxis"]
