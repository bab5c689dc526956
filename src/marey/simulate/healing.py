"""What becomes of the wall where muscle has died: scar takes less room than the muscle that it replaces.

Infarcts shrank from 25 to 15 g between the first week and 14 months (Pokorney 2012, doi:10.1186/1532-429X-14-62);
walls of at most 5.5 mm at end-diastole count as thinned (Shah 2013, doi:10.1001/jama.2013.1381).
"""

import numpy as np
from numpy.typing import NDArray

from marey.anatomy import AHA17, Level
from marey.simulate.scar import Scar, infarction

Array = NDArray[np.float64]
KEPT = 0.6
"""Part of the dead muscle's volume that its scar fills."""
SAMPLES = 12
HEIGHTS = {Level.BASAL: (0.63, 1.0), Level.MID: (0.43, 0.63), Level.APICAL: (0.12, 0.43), None: (0.0, 0.12)}
"""Apicobasal coordinates between which each level of the usual shape lies."""


def healed_walls(thickness: tuple[float, ...], scars: tuple[Scar, ...]) -> tuple[float, ...]:
    """Thickness of the 17 segments after their infarcts have healed.

    Args:
        thickness: (17,) of the walls before, mm.
        scars: where muscle has died.

    Returns:
        (17,) mm.
    """
    return tuple(value * (1 - (1 - KEPT) * dead) for value, dead in zip(thickness, dead_parts(scars), strict=True))


def dead_parts(scars: tuple[Scar, ...]) -> tuple[float, ...]:
    """(17,) which part of each segment's muscle is dead."""
    parts = []
    for segment in AHA17:
        low, high = HEIGHTS[segment.level]
        start, stop = (segment.start, segment.stop) if segment.level else (-180.0, 180.0)
        places = np.meshgrid(_middles(low, high), np.radians(_middles(start, stop)), _middles(0.0, 1.0))
        height, angle, depth = (axis.ravel() for axis in places)
        dead = infarction(scars, height, angle, depth, np.ones(height.shape, np.bool_)).core
        parts.append(float(dead.mean()))
    return tuple(parts)


def _middles(low: float, high: float) -> Array:
    return np.asarray(low + (high - low) * (np.arange(SAMPLES) + 0.5) / SAMPLES)


__all__ = ["KEPT", "dead_parts", "healed_walls"]
