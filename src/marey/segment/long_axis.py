"""Label ventricles and atria in a long-axis cine."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from marey.core import Image, InvalidInput, Labels
from marey.nets.cine_net import CineNet
from marey.nets.labels import LONG_AXIS_STRUCTURES
from marey.segment.pixels import on_pixels, smoothed_over_time, working_stack

UNLIKELY = 0.1


@dataclass(frozen=True)
class SegmentLongAxis:
    """LV cavity, LV myocardium, RV cavity and both atria on every phase of one long-axis slice.

    Args:
        net: the network.
        time_smoothing: as in `SegmentShortAxis`.
    """

    net: CineNet = field(default_factory=CineNet)
    time_smoothing: float = 0.018

    def __call__(self, image: Image) -> Labels:
        """Labels on the grid of `image`, a single slice, with their probability.

        Raises:
            InvalidInput: several slices.
        """
        if image.grid.shape[0] != 1:
            raise InvalidInput(
                f"'{image.name}' has {image.grid.shape[0]} slices.",
                "A long-axis view is a single slice.",
                "Give its slices one by one.",
            )
        stack, steps = working_stack(image)
        probability = smoothed_over_time(self.net(stack), self.time_smoothing)
        return on_pixels(_one_piece_each(probability), image, steps, LONG_AXIS_STRUCTURES)


def _one_piece_each(probability: NDArray[np.float32]) -> NDArray[np.float32]:
    """Keep, of every structure, the piece that is largest over the beat; what is left becomes background."""
    labels = probability.argmax(0)
    kept = probability.copy()
    for key in LONG_AXIS_STRUCTURES:
        presence = (labels == key).mean(axis=0)[0] > 0.2
        pieces, count = ndimage.label(presence)
        if count == 0:
            continue
        sizes = np.bincount(pieces.ravel())[1:]
        near = ndimage.binary_dilation(pieces == 1 + int(sizes.argmax()), iterations=4)
        stray = (labels == key) & ~near
        kept[key][stray] *= UNLIKELY
        kept[0][stray] = 1.0
    return kept


__all__ = ["SegmentLongAxis"]
