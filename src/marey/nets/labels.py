"""The label sets and input of the cine network: what its training and its use must agree on."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from marey.anatomy.structures import LA_CAVITY, LV_CAVITY, LV_MYOCARDIUM, RA_CAVITY, RV_CAVITY
from marey.core import Structure

PIXEL: Final = 1.6  # mm
WINDOW: Final = 112  # pixels
STRUCTURES: Final[dict[int, Structure]] = {1: LV_CAVITY, 2: LV_MYOCARDIUM, 3: RV_CAVITY}
"""What is labelled on short axes."""
LONG_AXIS_STRUCTURES: Final[dict[int, Structure]] = {**STRUCTURES, 4: LA_CAVITY, 5: RA_CAVITY}
"""What is labelled on long axes, and all classes of the network but the background."""
LOW, HIGH = 0.02, 0.98


def normalise(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grey levels between the 2nd and 98th percentile of each picture to 0..1, clipped to -0.3..1.6.

    Args:
        pictures: ``(..., row, column)``.
    """
    flat = pictures.reshape(*pictures.shape[:-2], -1)
    low, high = np.quantile(flat, (LOW, HIGH), axis=-1).astype(np.float32)[..., None, None]
    return np.asarray(np.clip((pictures - low) / np.maximum(high - low, 1e-6), -0.3, 1.6), np.float32)


__all__ = ["HIGH", "LONG_AXIS_STRUCTURES", "LOW", "PIXEL", "STRUCTURES", "WINDOW", "normalise"]
