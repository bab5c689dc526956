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


@dataclass(frozen=True, eq=False)
class LongAxisView:
    """A long-axis cine and where the heart is.

    Args:
        image: a single slice.
        centre: (3,) mm LPS, about the middle of ventricles and atria.
    """

    image: Image
    centre: NDArray[np.float64]


@dataclass(frozen=True)
class SegmentLongAxis:
    """LV cavity, LV myocardium, RV cavity and both atria on every phase of one long-axis slice.

    Args:
        net: the network.
        reach: mm to either side of the heart's middle that the network looks at.
        time_smoothing: as in `SegmentShortAxis`.
    """

    net: CineNet = field(default_factory=lambda: CineNet("long_axis"))
    reach: float = 92.0
    time_smoothing: float = 0.018

    def __call__(self, view: LongAxisView, /) -> Labels:
        """Labels on the grid of the view's image, with their probability.

        Raises:
            InvalidInput: several slices.
        """
        image = view.image
        if image.grid.shape[0] != 1:
            raise InvalidInput(
                f"'{image.name}' has {image.grid.shape[0]} slices.",
                "A long-axis view is a single slice.",
                "Give its slices one by one.",
            )
        rows, columns = self._window(view)
        around = image.crop(rows, columns)
        stack, steps = working_stack(around)
        probability = smoothed_over_time(self.net(stack), self.time_smoothing)
        return on_pixels(_one_piece_each(probability), around, steps, LONG_AXIS_STRUCTURES).on(
            image.grid, rows, columns
        )

    def _window(self, view: LongAxisView) -> tuple[slice, slice]:
        """Rows and columns around the heart; all of them where the plane does not come near it."""
        grid = view.image.grid
        middle = grid.index(view.centre)[1:]
        reach = self.reach / np.array(grid.spacing[1:])
        low = np.clip(np.floor(middle - reach), 0, np.array(grid.shape[1:]) - 1).astype(int)
        high = np.clip(np.ceil(middle + reach), low + 1, grid.shape[1:]).astype(int)
        return slice(int(low[0]), int(high[0])), slice(int(low[1]), int(high[1]))


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


__all__ = ["LongAxisView", "SegmentLongAxis"]
