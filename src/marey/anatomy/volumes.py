"""Volume of labelled structures by summing slices."""

import numpy as np
from numpy.typing import NDArray

from marey.core import Labels, Structure


def slice_areas(labels: Labels, *structures: Structure) -> NDArray[np.float64]:
    """Area of the structures in each slice at each phase, mm^2, ``(t, z)``."""
    return np.asarray(labels.mask(*structures).sum(axis=(2, 3)) * labels.grid.pixel_area, np.float64)


def volume_curve(labels: Labels, *structures: Structure) -> NDArray[np.float64]:
    """Volume of the structures at each phase, mm^3, ``(t,)``: area times the extent that each slice stands for."""
    volumes: NDArray[np.float64] = slice_areas(labels, *structures) @ labels.grid.slice_extents
    return volumes


__all__ = ["slice_areas", "volume_curve"]
